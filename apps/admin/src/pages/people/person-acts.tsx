import { Button, Group } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { PersonDetail } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useAct } from "../../components/use-act.js";
import { useNotify } from "../../ui/use-notify.js";
import { EraseDialog } from "./erase-dialog.js";
import { ExportButton } from "./export-button.js";
import { RefreshProfileButton } from "./refresh-profile-button.js";
import { type PersonAct, usePersonActs } from "./use-person-acts.js";

/** What an operator can do to a person. The server decides who may; a viewer does not see it. */
export function PersonActs({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("acts");
  const notify = useNotify();
  const send = useAct();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<PersonAct>();
  const close = () => setAsked(undefined);
  const { userId, status } = person;
  const acts = usePersonActs((act) => {
    close();
    if (act === "block") notify("success", t("done.block"), { label: t("undo"), onClick: unblock });
    else if (act !== "unblock") notify("success", t(`done.${act}`));
    if (act === "erase") void navigate({ from: "/people", to: ".", search: withoutOpen });
  });
  const dialog = (act: PersonAct) => ({ opened: asked === act, onClose: close });

  const unblock = () => send(() => acts.unblock.mutateAsync({ userId }), t("done.unblock"));

  return (
    <>
      <Group gap="xs" mb="md">
        {status === "active" ? (
          <Button variant="default" size="xs" onClick={() => setAsked("block")}>
            {t("block")}
          </Button>
        ) : (
          <Button variant="default" size="xs" loading={acts.unblock.isPending} onClick={unblock}>
            {t("unblock")}
          </Button>
        )}
        {person.sessions.length > 0 && (
          <Button variant="default" size="xs" onClick={() => setAsked("endSessions")}>
            {t("endAllSessions")}
          </Button>
        )}
        {person.bindings.length > 0 && <RefreshProfileButton userId={userId} />}
        <Button
          variant="default"
          size="xs"
          renderRoot={(props) => <Link to="/people/merge" search={{ user: userId }} {...props} />}
        >
          {t("mergeWith")}
        </Button>
        <ExportButton userId={userId} />
        <Button variant="default" size="xs" c="var(--error)" onClick={() => setAsked("erase")}>
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
      <EraseDialog {...dialog("erase")} person={person} erase={acts.erase} />
    </>
  );
}

const withoutOpen = <Search extends object>(search: Search): Search => ({ ...search, open: undefined });
