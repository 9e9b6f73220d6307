import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";

/** Says in the corner of the screen how something ended that the operator started. */
export function useNotify(): (tone: "good" | "bad", message: string) => void {
  const t = useTranslations("common");
  return (tone, message) =>
    notifications.show({
      color: tone === "good" ? "green" : "red",
      message,
      closeButtonProps: { "aria-label": t("close") },
    });
}
