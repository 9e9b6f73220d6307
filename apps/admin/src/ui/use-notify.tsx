import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";

/** Long enough to read the message, move to the button and press it. */
const undoMs = 15_000;

/** Shows the result of an operator's action in the corner of the screen, with a button where it can be undone. */
export function useNotify(): (
  tone: "success" | "error",
  message: string,
  undo?: { label: string; onClick: () => void },
) => void {
  const t = useTranslations("common");
  return (tone, message, undo) => {
    const id = notifications.show({
      color: tone === "success" ? "green" : "red",
      message: undo ? (
        <>
          {message}{" "}
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => {
              notifications.hide(id);
              undo.onClick();
            }}
          >
            {undo.label}
          </Anchor>
        </>
      ) : (
        message
      ),
      ...(undo && { autoClose: undoMs }),
      closeButtonProps: { "aria-label": t("close") },
    });
  };
}
