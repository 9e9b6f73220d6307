import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { mayHelpToRetry, RequestNumber, requestNumberOf, useErrorText } from "./error-messages.js";

/** Long enough to read the message, move to the button and press it. */
const actionMs = 15_000;

/** A button in the message. */
interface Action {
  label: string;
  onClick: () => void;
}

/** Shows the result of an operator's action in the corner of the screen, with a button where it can be undone. */
export function useNotify(): (tone: "success" | "error", message: ReactNode, action?: Action) => void {
  const t = useTranslations("common");
  return (tone, message, action) => {
    const id = notifications.show({
      color: tone === "success" ? "green" : "red",
      message: action ? (
        <>
          {message}{" "}
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => {
              notifications.hide(id);
              action.onClick();
            }}
          >
            {action.label}
          </Anchor>
        </>
      ) : (
        message
      ),
      ...(action && { autoClose: actionMs }),
      closeButtonProps: { "aria-label": t("close") },
    });
  };
}

/** Shows in the corner why an act without a dialog failed, with a button that tries it again where that can help. */
export function useNotifyFailure(): (error: unknown, retry: () => void) => void {
  const t = useTranslations("errorMessage");
  const notify = useNotify();
  const errorText = useErrorText();
  return (error, retry) => {
    const requestNumber = requestNumberOf(error);
    const message = (
      <>
        {errorText(error)} {requestNumber && <RequestNumber value={requestNumber} />}
      </>
    );
    notify("error", message, mayHelpToRetry(error) ? { label: t("retry"), onClick: retry } : undefined);
  };
}
