import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AuditEntry } from "../../api/types.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { ExactTime } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import { Actor, ResultBadge, Target } from "./entry-parts.js";
import { useEventText } from "./event-text.js";

/** One entry in the drawer. */
export function AuditView({ entry }: { entry: AuditEntry }): ReactNode {
  const t = useTranslations("audit");
  const roles = useTranslations("operators.roles");
  const eventText = useEventText();
  const {
    id,
    at,
    event,
    target,
    result,
    errcode,
    ip,
    reason,
    detail,
    sealNumber,
    actor,
    person,
    targetName,
  } = entry;
  const role = (["viewer", "operator", "owner"] as const).find((one) => one === detail);
  return (
    <Facts
      rows={[
        [t("what"), eventText(event)],
        [t("who"), <Actor key="who" entry={entry} />],
        [t("key"), actor?.keyId ? <CopyableId key="key" value={actor.keyId} label={t("key")} whole /> : null],
        [
          t("target"),
          target === null ? null : (
            <>
              {(person || targetName !== null) && <Target entry={entry} />}{" "}
              <CopyableId value={target} label={t("target")} whole />
            </>
          ),
        ],
        [role ? t("role") : t("detail"), detail === null ? null : role ? roles(role) : detail],
        [t("reason"), reason === null ? null : <UntrustedText key="reason" text={reason} />],
        [t("result"), <ResultBadge key="result" result={result} />],
        [t("errcode"), errcode],
        [t("when"), <ExactTime key="at" at={at} />],
        [t("from"), ip === null ? null : <CopyableId key="ip" value={ip} label="IP" whole />],
        [t("event"), <code key="event">{event}</code>],
        [t("sealNumber"), sealNumber === null ? t("unsealed") : String(sealNumber)],
        [t("entryId"), <CopyableId key="id" value={id} label={t("entryId")} whole />],
      ]}
    />
  );
}
