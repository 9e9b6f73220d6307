import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";

/** Shows the result of an operator's action in the corner of the screen. */
export function useNotify(): (tone: "success" | "error", message: string) => void {
  const t = useTranslations("common");
  return (tone, message) =>
    notifications.show({
      color: tone === "success" ? "green" : "red",
      message,
      closeButtonProps: { "aria-label": t("close") },
    });
}
