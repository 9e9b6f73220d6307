import { Button, Group } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { useAct } from "../../components/use-act.js";
import { MuteMenu } from "./mute-menu.js";

/** Whether it succeeded or another operator was faster: the groups are not what they were. */
export const readGroupsAgain = () => queryClient.invalidateQueries(trpc.failures.groups.pathFilter());
const options = { onSettled: readGroupsAgain };

/** What an operator can do about a group: at once, with an undo. A viewer does not see it. */
export function GroupActs({ group }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("errorGroups");
  const act = useAct();
  const acts = {
    acknowledge: useMutation(trpc.failures.acknowledge.mutationOptions(options)),
    resolve: useMutation(trpc.failures.resolve.mutationOptions(options)),
    reopen: useMutation(trpc.failures.reopen.mutationOptions(options)),
  };
  const mute = useMutation(trpc.failures.mute.mutationOptions(options));
  const undo = useMutation(trpc.failures.undo.mutationOptions(options));
  const { id, state, stateAt } = group;

  const undoOf = (changed: { stateAt: string }) =>
    act(() => undo.mutateAsync({ id, stateAt: changed.stateAt, to: state }), t("done.undo"));
  const change = (name: keyof typeof acts) =>
    act(() => acts[name].mutateAsync({ id, stateAt }), t(`done.${name}`), undoOf);
  const muteFor = (minutes: number) =>
    act(() => mute.mutateAsync({ id, stateAt, minutes }), t("done.mute"), undoOf);
  const button = (name: keyof typeof acts, label: string) => (
    <Button variant="default" size="xs" loading={acts[name].isPending} onClick={() => change(name)}>
      {label}
    </Button>
  );

  return (
    <Group gap="xs" mb="md">
      {(state === "open" || state === "regressed") && button("acknowledge", t("acknowledge"))}
      {state !== "resolved" && button("resolve", t("resolve"))}
      {(state === "acknowledged" || state === "resolved") && button("reopen", t("reopen"))}
      {state === "muted" ? (
        button("reopen", t("unmute"))
      ) : (
        <MuteMenu loading={mute.isPending} onMute={muteFor} />
      )}
    </Group>
  );
}
