import { Button, Group, NativeSelect } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { OperatorLink, OperatorRow } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useAct } from "../../components/use-act.js";
import { useNotify } from "../../ui/use-notify.js";
import { OneTimeLink } from "./one-time-link.js";
import { type OperatorRole, roles } from "./roles.js";
import { useOperatorActs } from "./use-operator-acts.js";

/** What an owner can do to another operator. */
export function OperatorActs({ operator }: { operator: OperatorRow }): ReactNode {
  const t = useTranslations("operators");
  const common = useTranslations("acts");
  const notify = useNotify();
  const act = useAct();
  const acts = useOperatorActs();
  const [asked, setAsked] = useState<"disable" | "endSessions" | "resetFactors">();
  const [link, setLink] = useState<OperatorLink>();
  const close = () => setAsked(undefined);
  const { id, username, role, status, sessions, factors } = operator;

  function changeRole(from: OperatorRole, to: OperatorRole, isUndo = false): void {
    act(
      () => acts.changeRole.mutateAsync({ id, from, to }),
      t("done.changeRole", { username, role: t(`roles.${to}`) }),
      isUndo ? undefined : () => changeRole(to, from, true),
    );
  }
  const enable = () => act(() => acts.enable.mutateAsync({ id }), t("done.enable", { username }));
  const makeLink = () => act(() => acts.passwordLink.mutateAsync({ id }), setLink);

  function disable(): void {
    acts.disable.mutate(
      { id },
      {
        onSuccess() {
          close();
          notify("success", t("done.disable", { username }), { label: common("undo"), onClick: enable });
        },
      },
    );
  }

  function endSessions(): void {
    acts.endSessions.mutate(
      { id },
      {
        onSuccess() {
          close();
          notify("success", t("done.endSessions", { username }));
        },
      },
    );
  }

  function resetFactors(): void {
    acts.resetFactors.mutate(
      { id },
      {
        onSuccess() {
          close();
          notify("success", t("done.resetFactors", { username }));
        },
      },
    );
  }

  return (
    <>
      <Group gap="xs" mb="md" align="flex-end">
        <NativeSelect
          size="xs"
          label={t("role")}
          value={role}
          disabled={acts.changeRole.isPending}
          onChange={(event) => {
            const to = roles.find((one) => one === event.currentTarget.value);
            if (to && to !== role) changeRole(role, to);
          }}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {t(`roles.${one}`)}
            </option>
          ))}
        </NativeSelect>
        {status === "active" && (
          <Button variant="default" size="xs" loading={acts.passwordLink.isPending} onClick={makeLink}>
            {t("passwordLink")}
          </Button>
        )}
        {sessions > 0 && (
          <Button variant="default" size="xs" onClick={() => setAsked("endSessions")}>
            {t("endSessions")}
          </Button>
        )}
        {factors > 0 && (
          <Button variant="default" size="xs" onClick={() => setAsked("resetFactors")}>
            {t("resetFactors")}
          </Button>
        )}
        {status === "active" ? (
          <Button variant="default" size="xs" c="var(--error)" onClick={() => setAsked("disable")}>
            {t("disable")}
          </Button>
        ) : (
          <Button variant="default" size="xs" loading={acts.enable.isPending} onClick={enable}>
            {t("enable")}
          </Button>
        )}
      </Group>
      <ActDialog
        opened={asked === "disable"}
        onClose={close}
        title={t("disableTitle", { username })}
        label={t("disable")}
        danger
        act={{ ...acts.disable, mutate: disable }}
      >
        {t("disableBody")}
      </ActDialog>
      <ActDialog
        opened={asked === "endSessions"}
        onClose={close}
        title={t("endSessionsTitle", { username })}
        label={t("endSessions")}
        act={{ ...acts.endSessions, mutate: endSessions }}
      >
        {t("endSessionsBody")}
      </ActDialog>
      <ActDialog
        opened={asked === "resetFactors"}
        onClose={close}
        title={t("resetFactorsTitle", { username })}
        label={t("resetFactors")}
        danger
        word={username}
        wordLabel={t("typeName", { word: username })}
        act={{ ...acts.resetFactors, mutate: resetFactors }}
      >
        {t("resetFactorsBody")}
      </ActDialog>
      <OneTimeLink link={link} onClose={() => setLink(undefined)} />
    </>
  );
}
