import { Button, Group } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { PersonDetail } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useNotify } from "../../ui/use-notify.js";
import { type PersonAct, usePersonActs } from "./use-person-acts.js";

/** What the server wants typed before it erases a person. */
const eraseWord = "erase";

/** What an operator can do to a person. The server decides who may; a viewer does not see it. */
export function PersonActs({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("acts");
  const notify = useNotify();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<PersonAct>();
  const close = () => setAsked(undefined);
  const { userId, status } = person;
  const acts = usePersonActs((act) => {
    close();
    if (act === "block") {
      notify("success", t("done.block"), {
        label: t("undo"),
        onClick: () => acts.unblock.mutate({ userId }),
      });
    } else {
      notify("success", t(`done.${act}`));
    }
    if (act === "erase") void navigate({ from: "/people", to: ".", search: withoutOpen });
  });
  const dialog = (act: PersonAct) => ({ opened: asked === act, onClose: close });

  return (
    <>
      <Group gap="xs" mb="md">
        {status === "active" ? (
          <Button variant="default" size="xs" onClick={() => setAsked("block")}>
            {t("block")}
          </Button>
        ) : (
          <Button
            variant="default"
            size="xs"
            loading={acts.unblock.isPending}
            onClick={() =>
              acts.unblock.mutate({ userId }, { onError: () => notify("error", t("unblockFailed")) })
            }
          >
            {t("unblock")}
          </Button>
        )}
        {person.sessions.length > 0 && (
          <Button variant="default" size="xs" onClick={() => setAsked("endSessions")}>
            {t("endAllSessions")}
          </Button>
        )}
        <Button variant="default" size="xs" color="red" onClick={() => setAsked("erase")}>
          {t("erase")}
        </Button>
      </Group>
      <ActDialog
        {...dialog("block")}
        title={t("blockTitle")}
        label={t("block")}
        danger
        asksReason
        act={{ ...acts.block, mutate: (reason) => acts.block.mutate({ userId, reason }) }}
      >
        {t("blockBody")}
      </ActDialog>
      <ActDialog
        {...dialog("endSessions")}
        title={t("endAllSessionsTitle", { count: person.sessions.length })}
        label={t("endAllSessions")}
        act={{ ...acts.endSessions, mutate: () => acts.endSessions.mutate({ userId }) }}
      >
        {t("endAllSessionsBody")}
      </ActDialog>
      <ActDialog
        {...dialog("erase")}
        title={t("eraseTitle")}
        label={t("erase")}
        danger
        word={eraseWord}
        act={{ ...acts.erase, mutate: () => acts.erase.mutate({ userId, confirm: eraseWord }) }}
      >
        {t.rich("eraseBody", { p: (chunks) => <p>{chunks}</p> })}
      </ActDialog>
    </>
  );
}

const withoutOpen = <Search extends object>(search: Search): Search => ({ ...search, open: undefined });
