import { useTranslations } from "use-intl";
import { useWebhookErrorText } from "../hosts/webhook-error.js";

/** Says in words why a message to a channel did not arrive. */
export function useChannelErrorText(): (error: string) => string {
  const t = useTranslations("alerts.errors");
  const webhookErrorText = useWebhookErrorText();
  return (error) => {
    if (error === "secret unreadable") return t("secret_unreadable");
    if (error === "answer not understood") return t("not_understood");
    const code = /^refused with (-?\d+)$/.exec(error)?.[1];
    return code === undefined ? webhookErrorText(error) : t("refused_with", { code });
  };
}
