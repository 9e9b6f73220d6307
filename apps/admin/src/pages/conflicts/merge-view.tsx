import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp, IconLock } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { readPeopleAgain, trpc } from "../../api/client.js";
import type { Merge } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useMayAct } from "../../shell/use-operator.js";
import { Callout } from "../../ui/callout.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./conflicts.module.css";
import { MergeState } from "./merge-state.js";
import { MovedList } from "./moved-list.js";

/** One merge: who made it and why, what it moved, and its undo, or why there is none. */
export function MergeView({ id }: { id: string }): ReactNode {
  const query = useQuery(trpc.merges.get.queryOptions({ id }));
  return <QueryBoundary query={query}>{(merge) => <MergeDetails merge={merge} />}</QueryBoundary>;
}

function MergeDetails({ merge }: { merge: Merge }): ReactNode {
  const t = useTranslations("merges");
  const conflicts = useTranslations("conflicts");
  const refusals = useTranslations("formError");
  const mayAct = useMayAct();
  const { undoRefusal, undoneAt, conflictId } = merge;
  const isErased = undoRefusal === "not_found";
  return (
    <>
      <Facts
        rows={[
          [t("state"), <MergeState key="state" merge={merge} isErased={isErased} />],
          [t("into"), <UserId key="into" id={merge.intoUserId} label={t("into")} />],
          [t("from"), <UserId key="from" id={merge.fromUserId} label={t("from")} />],
          [t("at"), <ExactTime key="at" at={merge.createdAt} />],
          [t("by"), <bdi key="by">{merge.operator ?? t("unknownOperator")}</bdi>],
          [t("reason"), <span key="reason">{merge.reason ?? t("noReason")}</span>],
          [t("moved"), merge.moved === null ? null : <MovedList key="moved" moved={merge.moved} />],
          [
            t("undoableUntil"),
            undoneAt === null && !isErased ? <ExactTime key="until" at={merge.undoableUntil} /> : null,
          ],
          [t("undoneAt"), undoneAt === null ? null : <ExactTime key="undone" at={undoneAt} />],
          [
            t("undoneBy"),
            undoneAt === null ? null : <bdi key="undoneBy">{merge.undoneBy ?? t("unknownOperator")}</bdi>,
          ],
          [
            t("conflict"),
            conflictId === null ? null : (
              <Link key="conflict" to="/conflicts/$id" params={{ id: conflictId }} className={classes.link}>
                {t("toConflict")}
              </Link>
            ),
          ],
        ]}
      />
      <div className={classes.undo}>
        {undoRefusal !== null && undoRefusal !== "already_undone" && (
          <Callout tone="info" icon={IconLock} title={t("notUndoable")}>
            {isErased ? conflicts("erased") : refusals(undoRefusal)}
          </Callout>
        )}
        {undoRefusal === null && mayAct && <UndoButton id={merge.id} />}
      </div>
    </>
  );
}

function UserId({ id, label }: { id: string; label: string }): ReactNode {
  return (
    <>
      <CopyableId value={id} label={label} whole />{" "}
      <Link to="/people" search={{ open: id }} className={classes.link}>
        {useTranslations("tokens")("toPerson")}
      </Link>
    </>
  );
}

function UndoButton({ id }: { id: string }): ReactNode {
  const t = useTranslations("merges");
  const notify = useNotify();
  const [opened, dialog] = useDisclosure(false);
  const undo = useMutation(
    trpc.merges.undo.mutationOptions({
      async onSuccess() {
        await readPeopleAgain();
        dialog.close();
        notify("success", t("undoDone"));
      },
      onError: readPeopleAgain,
    }),
  );
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        onClick={dialog.open}
      >
        {t("undo")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t("undoTitle")}
        label={t("undo")}
        asksReason
        act={{ ...undo, mutate: (reason) => undo.mutate({ id, reason }) }}
      >
        {t("undoBody")}
      </ActDialog>
    </>
  );
}
