import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { BulkBar } from "../../components/bulk-bar.js";
import { useBulkAct } from "../../components/use-bulk-act.js";
import type { Selection } from "../../ui/use-selection.js";
import { readGroupsAgain } from "./group-acts.js";
import { formatGroupKey } from "./group-key.js";
import { MuteMenu } from "./mute-menu.js";

const options = { onSettled: readGroupsAgain };

/** What an operator can do to several groups at once: at once, with an undo. */
export function GroupBulkBar({
  groups,
  selection,
}: {
  groups: readonly FailureGroup[];
  selection: Selection;
}): ReactNode {
  const t = useTranslations("errorGroups");
  const run = useBulkAct();
  const acts = {
    acknowledge: useMutation(trpc.failures.acknowledgeMany.mutationOptions(options)),
    resolve: useMutation(trpc.failures.resolveMany.mutationOptions(options)),
    reopen: useMutation(trpc.failures.reopenMany.mutationOptions(options)),
  };
  const mute = useMutation(trpc.failures.muteMany.mutationOptions(options));
  const undo = useMutation(trpc.failures.undoMany.mutationOptions(options));
  const chosen = groups.filter((group) => selection.isSelected(formatGroupKey(group)));
  const read = chosen.map(({ id, stateAt }) => ({ id, stateAt }));
  const stateOf = new Map(chosen.map(({ id, state }) => [id, state]));

  type Changed = Awaited<ReturnType<typeof mute.mutateAsync>>;
  const undoing = {
    undo: ({ done }: Changed) =>
      undo.mutateAsync({
        groups: done.map(({ id, stateAt }) => ({ id, stateAt, to: stateOf.get(id) ?? "open" })),
      }),
  };
  const button = (act: keyof typeof acts) => (
    <Button
      variant="default"
      size="xs"
      loading={acts[act].isPending}
      onClick={() => run(() => acts[act].mutateAsync({ groups: read }), undoing)}
    >
      {t(act)}
    </Button>
  );
  return (
    <BulkBar selection={selection}>
      {button("acknowledge")}
      {button("resolve")}
      {button("reopen")}
      <MuteMenu
        loading={mute.isPending}
        onMute={(minutes) => run(() => mute.mutateAsync({ groups: read, minutes }), undoing)}
      />
    </BulkBar>
  );
}
