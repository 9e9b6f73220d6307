import { useTranslations } from "use-intl";
import { useRefusalText } from "../ui/error-messages.js";
import { useNotify } from "../ui/use-notify.js";
import { useAct } from "./use-act.js";

interface BulkResult {
  done: readonly { id: string }[];
  refused: readonly { id: string; why: string }[];
}

/**
 * Sends an act on several rows and tells how many it changed, and why not the others, with an undo for those that changed.
 */
export function useBulkAct() {
  const t = useTranslations("bulk");
  const notify = useNotify();
  const act = useAct();
  const refusalText = useRefusalText();

  return function run<Result extends BulkResult>(
    send: () => Promise<Result>,
    {
      tell,
      undo,
    }: { tell?: (result: Result) => string; undo?: (result: Result) => Promise<BulkResult> } = {},
  ): void {
    act(send, (result) => {
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
    });
  };
}
