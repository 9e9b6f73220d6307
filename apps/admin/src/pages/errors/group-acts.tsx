import { Button, Group } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { useNotify, useNotifyFailure } from "../../ui/use-notify.js";
import { MuteMenu } from "./mute-menu.js";

/** Whether it succeeded or another operator was faster: the groups are not what they were. */
export const readGroupsAgain = () => queryClient.invalidateQueries(trpc.failures.groups.pathFilter());
const options = { onSettled: readGroupsAgain };

type Act = "acknowledge" | "resolve" | "reopen" | "mute";

/** What an operator can do about a group: at once, with an undo. A viewer does not see it. */
export function GroupActs({ group }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("errorGroups");
  const notify = useNotify();
  const notifyFailure = useNotifyFailure();
  const acts = {
    acknowledge: useMutation(trpc.failures.acknowledge.mutationOptions(options)),
    resolve: useMutation(trpc.failures.resolve.mutationOptions(options)),
    reopen: useMutation(trpc.failures.reopen.mutationOptions(options)),
  };
  const mute = useMutation(trpc.failures.mute.mutationOptions(options));
  const undo = useMutation(trpc.failures.undo.mutationOptions(options));
  const { id, state, stateAt } = group;

  // Promises and not callbacks of `mutate`: the undo is pressed in the corner, after the group may have been closed.
  function run(act: Act, changed: Promise<{ stateAt: string }>, again: () => void): void {
    changed.then(
      (result) =>
        notify("success", t(`done.${act}`), { label: t("undo"), onClick: () => undoAt(result.stateAt) }),
      (error: unknown) => notifyFailure(error, again),
    );
  }
  function undoAt(changedAt: string): void {
    undo.mutateAsync({ id, stateAt: changedAt, to: state }).then(
      () => notify("success", t("done.undo")),
      (error: unknown) => notifyFailure(error, () => undoAt(changedAt)),
    );
  }
  const change = (act: keyof typeof acts) =>
    run(act, acts[act].mutateAsync({ id, stateAt }), () => change(act));
  const muteFor = (minutes: number) =>
    run("mute", mute.mutateAsync({ id, stateAt, minutes }), () => muteFor(minutes));
  const button = (act: keyof typeof acts, label: string) => (
    <Button variant="default" size="xs" loading={acts[act].isPending} onClick={() => change(act)}>
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
