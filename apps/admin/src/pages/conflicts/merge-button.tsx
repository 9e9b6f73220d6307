import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsJoin2 } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { readPeopleAgain, trpc } from "../../api/client.js";
import type { ConflictUser } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./conflicts.module.css";
import { MovedList } from "./moved-list.js";
import { useNameOf } from "./use-name-of.js";

/**
 * Merges the other of two people into this one, after saying what moves. Then the merge is shown, with its undo. `conflictId` is
 * null where no conflict led to it.
 */
export function MergeButton({
  conflictId,
  from,
  into,
  disabled,
}: {
  conflictId: string | null;
  from: ConflictUser;
  into: ConflictUser;
  disabled: boolean;
}): ReactNode {
  const t = useTranslations("conflicts");
  const nameOf = useNameOf();
  const notify = useNotify();
  const navigate = useNavigate();
  const [opened, dialog] = useDisclosure(false);
  const after = {
    async onSuccess({ mergeId }: { mergeId: string }) {
      dialog.close();
      notify("success", t("merged"));
      await navigate({ to: "/conflicts", search: { view: "merges", open: mergeId } });
    },
    onSettled: readPeopleAgain,
  };
  const mergeConflict = useMutation(trpc.conflicts.merge.mutationOptions(after));
  const mergePeople = useMutation(trpc.people.merge.mutationOptions(after));
  const name = nameOf(into);
  return (
    <>
      <Button
        className={classes.keep ?? ""}
        variant="default"
        size="sm"
        fullWidth
        disabled={disabled}
        leftSection={<IconArrowsJoin2 size={16} aria-hidden />}
        aria-label={t("keepThisOf", { name })}
        onClick={dialog.open}
      >
        {t("keepThis")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t("mergeTitle", { name })}
        label={t("merge")}
        asksReason
        act={
          conflictId === null
            ? {
                ...mergePeople,
                mutate: (reason) =>
                  mergePeople.mutate({ fromUserId: from.userId, intoUserId: into.userId, reason }),
              }
            : {
                ...mergeConflict,
                mutate: (reason) => mergeConflict.mutate({ id: conflictId, into: into.userId, reason }),
              }
        }
      >
        {t.rich("mergeBody", {
          into: () => <strong>{name}</strong>,
          from: () => <code>{from.userId.slice(-8)}</code>,
        })}
        <MovedList
          moved={{
            bindings: from.bindings.length,
            unionids: new Set(from.bindings.flatMap(({ unionid }) => unionid ?? [])).size,
            sessions: from.sessions,
            externalIds: from.externalIds.length,
            signIns: from.signIns,
          }}
        />
        {t("mergeUndo")}
      </ActDialog>
    </>
  );
}
