import { Button, Group } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { HostDetail, Webhook } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { ShownOnce } from "../../components/shown-once.js";
import { useAct } from "../../components/use-act.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { Facts } from "../../ui/facts.js";
import { Panel } from "../../ui/panel.js";
import { StateBadge } from "../../ui/state-badge.js";
import { ExactTime, useFormatExactTime } from "../../ui/time.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./hosts.module.css";
import { useHostActs } from "./use-host-acts.js";
import { useWebhookErrorText } from "./webhook-error.js";
import { WebhookForm } from "./webhook-form.js";

/** One webhook: its state, and what can be done to it. */
export function WebhookCard({ host, webhook }: { host: HostDetail; webhook: Webhook }): ReactNode {
  const t = useTranslations("webhooks");
  const done = useTranslations("hosts.done");
  const isOwner = useIsOwner();
  const formatTime = useFormatExactTime();
  const errorText = useWebhookErrorText();
  const notify = useNotify();
  const act = useAct();
  const acts = useHostActs();
  const [asked, setAsked] = useState<"types" | "rotate" | "remove">();
  const [rotated, setRotated] = useState<{ secret: string; previousUntil: string }>();
  const close = () => setAsked(undefined);
  const clientId = host.id;
  const isHostEnabled = host.disabledAt === null;
  const of = { clientId, id: webhook.id };

  const test = () =>
    act(
      () => acts.testWebhook.mutateAsync(of),
      ({ delivered, status, error }) =>
        delivered
          ? notify("success", t("testOk", { status: String(status) }))
          : notify("error", t("testFailed", { reason: error === null ? t("noAnswer") : errorText(error) })),
    );
  const enable = () => act(() => acts.enableWebhook.mutateAsync(of), done("enableWebhook"));

  function rotate(): void {
    acts.rotateSecret.mutate(of, {
      onSuccess(made) {
        close();
        setRotated(made);
      },
    });
  }

  function remove(): void {
    acts.deleteWebhook.mutate(of, {
      onSuccess() {
        close();
        notify("success", done("remove"));
      },
    });
  }

  return (
    <Panel pad>
      <Facts
        rows={[
          [
            t("url"),
            <bdi key="url" className={classes.url}>
              {webhook.url}
            </bdi>,
          ],
          [t("types"), webhook.types.length === 0 ? t("allTypes") : webhook.types.join(", ")],
          [t("state"), <WebhookState key="state" webhook={webhook} />],
        ]}
      />
      {!isHostEnabled && <p className={classes.remark}>{t("hostDisabled")}</p>}
      <Group gap="xs" mt="sm">
        <Link
          to="/hosts/$id"
          params={{ id: clientId }}
          search={{ webhook: webhook.id }}
          resetScroll={false}
          className={classes.link}
        >
          {t("deliveries")}
        </Link>
        {isHostEnabled && (
          <Button variant="default" size="xs" loading={acts.testWebhook.isPending} onClick={test}>
            {t("test")}
          </Button>
        )}
        {!webhook.enabled && (
          <Button variant="default" size="xs" loading={acts.enableWebhook.isPending} onClick={enable}>
            {t("enable")}
          </Button>
        )}
        {isOwner && (
          <>
            <Button variant="default" size="xs" onClick={() => setAsked("types")}>
              {t("editTypes")}
            </Button>
            <Button variant="default" size="xs" onClick={() => setAsked("rotate")}>
              {t("rotate")}
            </Button>
            <Button variant="default" size="xs" c="var(--error)" onClick={() => setAsked("remove")}>
              {t("remove")}
            </Button>
          </>
        )}
      </Group>
      <ModalDialog opened={asked === "types"} onClose={close} title={t("editTypes")}>
        <WebhookForm
          clientId={clientId}
          webhook={webhook}
          onClose={close}
          onSaved={() => {
            close();
            notify("success", done("updateWebhook"));
          }}
        />
      </ModalDialog>
      <ActDialog
        opened={asked === "rotate"}
        onClose={close}
        title={t("rotateTitle")}
        label={t("rotate")}
        act={{ ...acts.rotateSecret, mutate: rotate }}
      >
        {t("rotateBody")}
      </ActDialog>
      <ActDialog
        opened={asked === "remove"}
        onClose={close}
        title={t("removeTitle")}
        label={t("remove")}
        danger
        act={{ ...acts.deleteWebhook, mutate: remove }}
      >
        <bdi className={classes.url}>{webhook.url}</bdi>
        <p>{t("removeBody")}</p>
      </ActDialog>
      <ShownOnce
        value={rotated?.secret}
        label={t("what")}
        title={t("secretTitle")}
        onClose={() => setRotated(undefined)}
      >
        {rotated && t("rotatedBody", { at: formatTime(rotated.previousUntil) })}
      </ShownOnce>
    </Panel>
  );
}

function WebhookState({ webhook }: { webhook: Webhook }): ReactNode {
  const t = useTranslations("webhooks");
  const { enabled, failingSince, disabledAt, disabledReason } = webhook;
  if (!enabled) {
    return (
      <>
        <StateBadge tone="error" icon={IconBan}>
          {t(`reason.${disabledReason ?? "host"}`)}
        </StateBadge>{" "}
        <ExactTime at={disabledAt} />
        <p className={classes.remark}>{t("feed")}</p>
      </>
    );
  }
  if (failingSince !== null) {
    return (
      <>
        <StateBadge tone="warning" icon={IconAlertTriangle}>
          {t("failing")}
        </StateBadge>{" "}
        <ExactTime at={failingSince} />
      </>
    );
  }
  return (
    <StateBadge tone="success" icon={IconCheck}>
      {t("enabled")}
    </StateBadge>
  );
}
