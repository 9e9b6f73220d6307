import { useTranslations } from "use-intl";

/** What the api calls each reason why a webhook was not taken, with the key of its words. */
const errors = {
  "address refused": "address_refused",
  "name not found": "name_not_found",
  "connection failed": "connection_failed",
  "certificate refused": "certificate_refused",
  "timed out": "timed_out",
  redirected: "redirected",
  refused: "refused",
  "secret unreadable": "secret_unreadable",
  "endpoint disabled": "endpoint_disabled",
  "event deleted": "event_deleted",
} as const;

const isKnown = (error: string): error is keyof typeof errors => Object.hasOwn(errors, error);

/** Says in words why a webhook was not taken; a reason of another version by its name. */
export function useWebhookErrorText(): (error: string) => string {
  const t = useTranslations("deliveries.errors");
  return (error) => (isKnown(error) ? t(errors[error]) : error);
}
