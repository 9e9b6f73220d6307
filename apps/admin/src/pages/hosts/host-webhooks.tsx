import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { HostDetail } from "../../api/types.js";
import { ShownOnce } from "../../components/shown-once.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { Panel, Section } from "../../ui/panel.js";
import classes from "./hosts.module.css";
import { WebhookCard } from "./webhook-card.js";
import { WebhookForm } from "./webhook-form.js";

export function HostWebhooks({ host }: { host: HostDetail }): ReactNode {
  const t = useTranslations("webhooks");
  const titles = useTranslations("hosts");
  const isOwner = useIsOwner();
  const [isAsked, setIsAsked] = useState(false);
  const [secret, setSecret] = useState<string>();
  const close = () => setIsAsked(false);
  return (
    <Section
      title={titles("webhooks")}
      aside={
        isOwner &&
        host.disabledAt === null && (
          <Button variant="default" size="xs" onClick={() => setIsAsked(true)}>
            {t("add")}
          </Button>
        )
      }
    >
      {host.webhooks.length === 0 ? (
        <Panel>
          <p className={classes.nothing}>{t("empty")}</p>
        </Panel>
      ) : (
        <div className={classes.webhooks}>
          {host.webhooks.map((webhook) => (
            <WebhookCard key={webhook.id} host={host} webhook={webhook} />
          ))}
        </div>
      )}
      <ModalDialog opened={isAsked} onClose={close} title={t("addTitle", { name: host.name })}>
        <WebhookForm
          clientId={host.id}
          onClose={close}
          onSaved={(made) => {
            close();
            setSecret(made);
          }}
        />
      </ModalDialog>
      <ShownOnce
        value={secret}
        label={t("what")}
        title={t("secretTitle")}
        onClose={() => setSecret(undefined)}
      >
        {t("secretBody")}
      </ShownOnce>
    </Section>
  );
}
