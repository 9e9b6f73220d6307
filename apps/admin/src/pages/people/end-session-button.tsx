import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Session } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { DeviceName } from "../../components/device-name.js";
import { useNotify } from "../../ui/use-notify.js";
import { usePersonActs } from "./use-person-acts.js";

/** Signs one browser of a person out. */
export function EndSessionButton({ userId, session }: { userId: string; session: Session }): ReactNode {
  const t = useTranslations("acts");
  const notify = useNotify();
  const [opened, dialog] = useDisclosure(false);
  const { endSessions } = usePersonActs(() => {
    dialog.close();
    notify("success", t("done.endSessions"));
  });
  const given = { userId, sessionId: session.id };
  return (
    <>
      {" "}
      <Button variant="default" size="compact-xs" onClick={dialog.open}>
        {t("endSession")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t("endSessionTitle")}
        label={t("endSession")}
        act={{ ...endSessions, mutate: () => endSessions.mutate(given) }}
      >
        <DeviceName device={session.device} />
        {session.ip && <> · {session.ip}</>}
      </ActDialog>
    </>
  );
}
