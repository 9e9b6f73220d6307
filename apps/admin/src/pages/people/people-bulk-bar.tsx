import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { readPeopleAgain, trpc } from "../../api/client.js";
import { ActDialog } from "../../components/act-dialog.js";
import { BulkBar } from "../../components/bulk-bar.js";
import { useBulkAct } from "../../components/use-bulk-act.js";
import type { Selection } from "../../ui/use-selection.js";

const options = { onSettled: readPeopleAgain };

/** What an operator can do to several people at once. What is asked before the act on one of them is asked here, too. */
export function PeopleBulkBar({ selection }: { selection: Selection }): ReactNode {
  const t = useTranslations("acts");
  const bulk = useTranslations("bulk");
  const run = useBulkAct();
  const [asked, setAsked] = useState<"block" | "endSessions">();
  const close = () => setAsked(undefined);
  const block = useMutation(trpc.people.blockMany.mutationOptions(options));
  const unblock = useMutation(trpc.people.unblockMany.mutationOptions(options));
  const endSessions = useMutation(trpc.people.endSessionsMany.mutationOptions(options));
  const userIds = [...selection.selected];
  const count = userIds.length;

  return (
    <BulkBar selection={selection}>
      <Button variant="default" size="xs" loading={block.isPending} onClick={() => setAsked("block")}>
        {t("block")}
      </Button>
      <Button
        variant="default"
        size="xs"
        loading={unblock.isPending}
        onClick={() => run(() => unblock.mutateAsync({ userIds }))}
      >
        {t("unblock")}
      </Button>
      <Button
        variant="default"
        size="xs"
        loading={endSessions.isPending}
        onClick={() => setAsked("endSessions")}
      >
        {t("endAllSessions")}
      </Button>
      <ActDialog
        opened={asked === "block"}
        onClose={close}
        title={bulk("blockTitle", { count })}
        label={t("block")}
        danger
        asksReason
        act={{
          ...block,
          mutate: (reason) => {
            close();
            run(() => block.mutateAsync({ userIds, reason }), {
              undo: ({ done }) => unblock.mutateAsync({ userIds: done.map(({ id }) => id) }),
            });
          },
        }}
      >
        {t("blockBody")}
      </ActDialog>
      <ActDialog
        opened={asked === "endSessions"}
        onClose={close}
        title={bulk("endSessionsTitle", { count })}
        label={t("endAllSessions")}
        act={{
          ...endSessions,
          mutate: () => {
            close();
            run(() => endSessions.mutateAsync({ userIds }));
          },
        }}
      >
        {t("endAllSessionsBody")}
      </ActDialog>
    </BulkBar>
  );
}
