import { useTranslations } from "use-intl";
import { useNotify, useNotifyFailure } from "../ui/use-notify.js";

/**
 * Sends an act that asks nothing first, and tells in the corner that it is done, with a button that undoes it, or why it is not,
 * with one that tries again where that can help. `send` is a promise and no callback of a mutation: the button is pressed in the
 * corner, after what was acted on may have been closed.
 */
export function useAct() {
  const t = useTranslations("acts");
  const notify = useNotify();
  const notifyFailure = useNotifyFailure();

  return function act<Result>(
    send: () => Promise<Result>,
    /** The message, or what else happens once it is done. */
    done: string | ((result: Result) => void),
    undo?: (result: Result) => void,
  ): void {
    send().then(
      (result) => {
        if (typeof done === "function") return done(result);
        notify("success", done, undo && { label: t("undo"), onClick: () => undo(result) });
      },
      (error: unknown) => notifyFailure(error, () => act(send, done, undo)),
    );
  };
}
