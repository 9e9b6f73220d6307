import { useTranslations } from "use-intl";
import { useRefusalText } from "../ui/error-messages.js";
import { useNotify, useNotifyFailure } from "../ui/use-notify.js";

interface BulkResult {
  done: readonly { id: string }[];
  refused: readonly { id: string; why: string }[];
}

/**
 * Sends an act on several rows and tells how many it changed, and why not the others, with an undo for those that changed. `send`
 * is a promise and no callback of a mutation: the undo is pressed in the corner, after the rows may have changed.
 */
export function useBulkAct() {
  const t = useTranslations("bulk");
  const notify = useNotify();
  const notifyFailure = useNotifyFailure();
  const refusalText = useRefusalText();

  return function run<Result extends BulkResult>(
    send: () => Promise<Result>,
    {
      tell,
      undo,
    }: { tell?: (result: Result) => string; undo?: (result: Result) => Promise<BulkResult> } = {},
  ): void {
    send().then(
      (result) => {
        const count = result.done.length;
        const action = undo && {
          label: t("undo"),
          onClick: () => run(() => undo(result), { tell: ({ done }) => t("undone", { count: done.length }) }),
        };
        if (count > 0) notify("success", tell?.(result) ?? t("changed", { count }), action);
        const reasons = new Set(result.refused.map(({ why }) => refusalText(why)));
        if (result.refused.length > 0) {
          notify("error", t("refused", { count: result.refused.length, why: [...reasons].join(" ") }));
        }
      },
      (error: unknown) =>
        notifyFailure(error, () => run(send, { ...(tell && { tell }), ...(undo && { undo }) })),
    );
  };
}
