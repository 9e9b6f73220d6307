import { Button, Group } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { AlertChannel } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useAct } from "../../components/use-act.js";
import { useIsOwner, useMayAct } from "../../shell/use-operator.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { Facts } from "../../ui/facts.js";
import { Panel } from "../../ui/panel.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime } from "../../ui/time.js";
import { useNotify } from "../../ui/use-notify.js";
import { useChannelErrorText } from "./channel-error.js";
import { ChannelForm } from "./channel-form.js";
import { useAlertActs } from "./use-alert-acts.js";

/** One channel: its state, and what can be done to it. */
export function ChannelCard({ channel }: { channel: AlertChannel }): ReactNode {
  const t = useTranslations("alerts");
  const isOwner = useIsOwner();
  const mayAct = useMayAct();
  const notify = useNotify();
  const act = useAct();
  const acts = useAlertActs();
  const errorText = useChannelErrorText();
  const [asked, setAsked] = useState<"edit" | "remove">();
  const close = () => setAsked(undefined);
  const { id, name, kind, host } = channel;

  const test = () =>
    act(
      () => acts.test.mutateAsync({ id }),
      ({ error }) =>
        error === null
          ? notify("success", t("testOk"))
          : notify("error", t("testFailed", { reason: errorText(error) })),
    );
  const turn = (what: "enable" | "disable") => act(() => acts[what].mutateAsync({ id }), t(`done.${what}`));

  function remove(): void {
    acts.remove.mutate(
      { id },
      {
        onSuccess() {
          close();
          notify("success", t("done.remove"));
        },
      },
    );
  }

  return (
    <Panel pad>
      <Facts
        rows={[
          [t("name"), <bdi key="name">{name}</bdi>],
          [t("kind"), t("sends", { kind: t(`kinds.${kind}`), host })],
          [t("state"), <ChannelState key="state" channel={channel} />],
          [t("lastSent"), <RelativeTime key="lastSent" at={channel.lastSentAt} />],
        ]}
      />
      {mayAct && (
        <Group gap="xs" mt="sm">
          <Button variant="default" size="xs" loading={acts.test.isPending} onClick={test}>
            {t("test")}
          </Button>
          <Button
            variant="default"
            size="xs"
            loading={acts.enable.isPending || acts.disable.isPending}
            onClick={() => turn(channel.disabledAt === null ? "disable" : "enable")}
          >
            {channel.disabledAt === null ? t("disable") : t("enable")}
          </Button>
          {isOwner && (
            <>
              <Button variant="default" size="xs" onClick={() => setAsked("edit")}>
                {t("edit")}
              </Button>
              <Button variant="default" size="xs" c="var(--error)" onClick={() => setAsked("remove")}>
                {t("remove")}
              </Button>
            </>
          )}
        </Group>
      )}
      <ModalDialog opened={asked === "edit"} onClose={close} title={t("editTitle", { name })}>
        <ChannelForm
          channel={channel}
          onClose={close}
          onSaved={() => {
            close();
            notify("success", t("done.update"));
          }}
        />
      </ModalDialog>
      <ActDialog
        opened={asked === "remove"}
        onClose={close}
        title={t("removeTitle", { name })}
        label={t("remove")}
        danger
        act={{ ...acts.remove, mutate: remove }}
      >
        {t("removeBody")}
      </ActDialog>
    </Panel>
  );
}

function ChannelState({ channel }: { channel: AlertChannel }): ReactNode {
  const t = useTranslations("alerts");
  const errorText = useChannelErrorText();
  if (channel.disabledAt !== null) {
    return (
      <StateBadge tone="neutral" icon={IconBan}>
        {t("disabled")}
      </StateBadge>
    );
  }
  if (channel.failingSince !== null) {
    return (
      <StateBadge tone="warning" icon={IconAlertTriangle}>
        {t("failing", { reason: errorText(channel.lastError ?? "") })}
      </StateBadge>
    );
  }
  return (
    <StateBadge tone="success" icon={IconCheck}>
      {t("on")}
    </StateBadge>
  );
}
