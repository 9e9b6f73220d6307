import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { readPeopleAgain, trpc } from "../../api/client.js";
import type { Conflict } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./conflicts.module.css";

/** Decides that the people of an open conflict are two, or that there is nothing to merge. */
export function ConflictActs({ conflict: { id, users } }: { conflict: Conflict }): ReactNode {
  const t = useTranslations("conflicts");
  const notify = useNotify();
  const [opened, dialog] = useDisclosure(false);
  const areTwo = users.length > 1;
  const keepApart = useMutation(
    trpc.conflicts.keepApart.mutationOptions({
      async onSuccess() {
        await readPeopleAgain();
        dialog.close();
        if (areTwo) notify("success", t("keptApart"));
      },
      onError: readPeopleAgain,
    }),
  );
  const label = t(areTwo ? "apart" : "dismiss");
  return (
    <div className={classes.apart}>
      {areTwo && <span>{t("notOne")}</span>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowsSplit2 size={14} aria-hidden />}
        onClick={dialog.open}
      >
        {label}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t(areTwo ? "apartTitle" : "dismissTitle")}
        label={label}
        asksReason
        act={{ ...keepApart, mutate: (reason) => keepApart.mutate({ id, reason }) }}
      >
        {t(areTwo ? "apartBody" : "dismissBody")}
      </ActDialog>
    </div>
  );
}
