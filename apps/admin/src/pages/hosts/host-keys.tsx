import { Button } from "@mantine/core";
import { IconBan, IconCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { ApiKey, HostDetail } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { ShownOnce } from "../../components/shown-once.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { Panel, Section } from "../../ui/panel.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime } from "../../ui/time.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./hosts.module.css";
import { KeyForm } from "./key-form.js";
import { useHostActs } from "./use-host-acts.js";

/** The keys of a host application, also those that are revoked. */
export function HostKeys({ host }: { host: HostDetail }): ReactNode {
  const t = useTranslations("apiKeys");
  const titles = useTranslations("hosts");
  const isOwner = useIsOwner();
  const [isAsked, setIsAsked] = useState(false);
  const [made, setMade] = useState<string>();
  const close = () => setIsAsked(false);
  const mayMake = isOwner && host.disabledAt === null;
  const columns: Column<ApiKey>[] = [
    { id: "key", header: t("key"), cell: ({ hint }) => <bdi className={classes.mono}>…{hint}</bdi> },
    {
      id: "scopes",
      header: t("scopes"),
      grow: true,
      cell: ({ scopes }) => <span className={classes.list}>{scopes.join(", ")}</span>,
    },
    {
      id: "networks",
      header: t("networks"),
      cell: ({ cidrs }) =>
        cidrs.length === 0 ? (
          t("anywhere")
        ) : (
          <span className={classes.lines}>
            {cidrs.map((cidr) => (
              <bdi key={cidr}>{cidr}</bdi>
            ))}
          </span>
        ),
    },
    { id: "used", header: t("lastUsed"), cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} /> },
    {
      id: "created",
      header: t("created"),
      onlyWide: true,
      phone: "below",
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      id: "state",
      header: t("state"),
      cell: (key) =>
        key.revokedAt !== null ? (
          <StateBadge tone="neutral" icon={IconBan}>
            {t("revoked")}
          </StateBadge>
        ) : (
          <div className={classes.keyState}>
            <StateBadge tone="success" icon={IconCheck}>
              {t("valid")}
            </StateBadge>
            {isOwner && <RevokeButton clientId={host.id} apiKey={key} />}
          </div>
        ),
    },
  ];
  return (
    <Section
      title={titles("keys")}
      aside={
        mayMake && (
          <Button variant="default" size="xs" onClick={() => setIsAsked(true)}>
            {t("make")}
          </Button>
        )
      }
    >
      <Panel>
        {host.keys.length === 0 ? (
          <p className={classes.nothing}>{t("empty")}</p>
        ) : (
          <DataTable label={titles("keys")} columns={columns} rows={host.keys} rowKey={({ id }) => id} />
        )}
      </Panel>
      <ModalDialog opened={isAsked} onClose={close} title={t("makeTitle", { name: host.name })}>
        <KeyForm
          clientId={host.id}
          onClose={close}
          onMade={(key) => {
            close();
            setMade(key);
          }}
        />
      </ModalDialog>
      <ShownOnce value={made} label={t("what")} title={t("madeTitle")} onClose={() => setMade(undefined)}>
        {t("madeBody")}
      </ShownOnce>
    </Section>
  );
}

/** Nothing undoes it, so it asks for the end of the key. */
function RevokeButton({ clientId, apiKey: { id, hint } }: { clientId: string; apiKey: ApiKey }): ReactNode {
  const t = useTranslations("apiKeys");
  const done = useTranslations("hosts.done");
  const notify = useNotify();
  const { revokeKey } = useHostActs();
  const [isAsked, setIsAsked] = useState(false);
  const close = () => setIsAsked(false);
  function revoke(): void {
    revokeKey.mutate(
      { clientId, id, confirm: hint },
      {
        onSuccess() {
          close();
          notify("success", done("revoke"));
        },
      },
    );
  }
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        aria-label={t("revokeOf", { hint })}
        onClick={() => setIsAsked(true)}
      >
        {t("revoke")}
      </Button>
      <ActDialog
        opened={isAsked}
        onClose={close}
        title={t("revokeTitle", { hint })}
        label={t("revoke")}
        danger
        word={hint}
        wordLabel={t("typeHint", { word: hint })}
        act={{ ...revokeKey, mutate: revoke }}
      >
        {t("revokeBody")}
      </ActDialog>
    </>
  );
}
