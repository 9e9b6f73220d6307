import { useTranslations } from "use-intl";
import type { AuditEvent } from "../../api/types.js";
import { audit } from "../../messages/en-audit.js";

/** All events that have words, in the order of the texts. */
export const auditEvents = Object.entries(audit.audit.events).flatMap(([subject, acts]) =>
  Object.keys(acts).map((act) => `${subject}.${act}`),
) as [AuditEvent, ...AuditEvent[]];

const isKnown = (event: string): event is AuditEvent => (auditEvents as string[]).includes(event);

/** An event in words; one of an older or newer version by its name. */
export function useEventText(): (event: string) => string {
  const t = useTranslations("audit.events");
  return (event) => (isKnown(event) ? t(event) : event);
}
