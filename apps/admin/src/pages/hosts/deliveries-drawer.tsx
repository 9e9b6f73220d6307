import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconClock, IconSend } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { Delivery, HostDetail } from "../../api/types.js";
import { useAct } from "../../components/use-act.js";
import type { DeliveriesListState, HostSearch } from "../../search-params/host-search.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { FilterBar, SelectFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { Notice } from "../../ui/notice.js";
import { Paging } from "../../ui/paging.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime, useFormatDuration } from "../../ui/time.js";
import classes from "./hosts.module.css";
import { useHostActs } from "./use-host-acts.js";
import { useWebhookErrorText } from "./webhook-error.js";

const route = getRouteApi("/console/hosts/$id");
const states = ["pending", "delivered", "failed"] as const;

/** What was sent to the webhook that the address names. */
export function DeliveriesDrawer({ host }: { host: HostDetail }): ReactNode {
  const t = useTranslations("webhooks");
  const search = route.useSearch();
  const list = useListSearch<HostSearch, "state">(search, {
    filters: ["state"],
    drawer: ["webhook", "state", "cursor"],
    keep: ["webhook"],
    keepScroll: true,
  });
  const webhook = host.webhooks.find(({ id }) => id === search.webhook);
  return (
    <SideDrawer
      opened={search.webhook !== undefined}
      title={t("deliveriesOf", { url: webhook ? new URL(webhook.url).host : "–" })}
      onClose={list.closeDrawer}
      width="min(900px, 100vw)"
    >
      {search.webhook !== undefined && (
        <Deliveries
          clientId={host.id}
          webhookId={search.webhook}
          state={search.state}
          list={list}
          disabled={host.disabledAt !== null ? "host" : webhook?.enabled === false ? "webhook" : undefined}
        />
      )}
    </SideDrawer>
  );
}

function Deliveries({
  clientId,
  webhookId,
  state,
  list,
  disabled,
}: {
  clientId: string;
  webhookId: string;
  state: Delivery["state"] | undefined;
  list: DeliveriesListState;
  /** What is disabled, so that nothing is sent. */
  disabled: "host" | "webhook" | undefined;
}): ReactNode {
  const t = useTranslations("deliveries");
  const webhooks = useTranslations("webhooks");
  const deliveries = useQuery(
    trpc.hosts.deliveries.queryOptions(
      { clientId, webhookId, state, cursor: list.paging.cursor },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <>
      {disabled && (
        <p className={classes.remark}>
          {disabled === "host" ? webhooks("hostDisabled") : t("webhookDisabled")}
        </p>
      )}
      <FilterBar list={list}>
        <SelectFilter
          label={t("state")}
          all={t("anyState")}
          options={states.map((one) => ({ value: one, label: t(`states.${one}`) }))}
          value={state}
          onChange={(chosen) => list.setFilter({ state: chosen })}
        />
      </FilterBar>
      <ListResult
        query={deliveries}
        list={list}
        emptyState={<Notice icon={IconSend} title={t("empty")} body={t("emptyReason")} />}
      >
        {({ items }, stale) => (
          <DeliveriesTable
            deliveries={items}
            stale={stale}
            of={{ clientId, id: webhookId }}
            canResend={disabled === undefined}
          />
        )}
      </ListResult>
      <Paging paging={list.paging} page={deliveries.data} stale={deliveries.isPlaceholderData} />
    </>
  );
}

function DeliveriesTable({
  deliveries,
  stale,
  of,
  canResend,
}: {
  deliveries: readonly Delivery[];
  stale: boolean;
  of: { clientId: string; id: string };
  canResend: boolean;
}): ReactNode {
  const t = useTranslations("deliveries");
  const titles = useTranslations("webhooks");
  const formatDuration = useFormatDuration();
  const errorText = useWebhookErrorText();
  const columns: Column<Delivery>[] = [
    { id: "event", header: t("event"), cell: ({ type }) => <code>{type}</code> },
    { id: "state", header: t("state"), cell: ({ state }) => <DeliveryState state={state} /> },
    {
      id: "answer",
      header: t("answer"),
      grow: true,
      cell: ({ status, error }) =>
        [status, error && errorText(error)].filter((part) => part !== null).join(" · ") || "–",
    },
    {
      id: "attempts",
      header: t("attempts"),
      align: "right",
      onlyWide: true,
      cell: ({ attempts }) => attempts,
    },
    {
      id: "last",
      header: t("last"),
      cell: ({ lastAttemptAt }) => <RelativeTime at={lastAttemptAt} />,
    },
    {
      id: "next",
      header: t("next"),
      onlyWide: true,
      cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? "–" : <RelativeTime at={nextAttemptAt} />),
    },
    {
      id: "duration",
      header: t("duration"),
      align: "right",
      onlyWide: true,
      cell: ({ durationMs }) => (durationMs === null ? "–" : formatDuration(durationMs)),
    },
    {
      id: "created",
      header: t("created"),
      onlyWide: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
  const resend: Column<Delivery> = {
    id: "resend",
    header: t("resend"),
    phone: "aside",
    cell: (delivery) => <ResendButton of={of} delivery={delivery} />,
  };
  return (
    <DataTable
      label={titles("deliveries")}
      columns={canResend ? [...columns, resend] : columns}
      rows={deliveries}
      rowKey={({ id }) => id}
      stale={stale}
    />
  );
}

function DeliveryState({ state }: { state: Delivery["state"] }): ReactNode {
  const t = useTranslations("deliveries.states");
  const [tone, icon] = {
    pending: ["info", IconClock] as const,
    delivered: ["success", IconCheck] as const,
    failed: ["error", IconAlertTriangle] as const,
  }[state];
  return (
    <StateBadge tone={tone} icon={icon}>
      {t(state)}
    </StateBadge>
  );
}

function ResendButton({
  of,
  delivery,
}: {
  of: { clientId: string; id: string };
  delivery: Delivery;
}): ReactNode {
  const t = useTranslations("deliveries");
  const done = useTranslations("hosts.done");
  const act = useAct();
  const { resend } = useHostActs();
  const send = () => act(() => resend.mutateAsync({ ...of, deliveryId: delivery.id }), done("resend"));
  return (
    <Button
      variant="default"
      size="compact-xs"
      loading={resend.isPending}
      aria-label={t("resendOf", { id: delivery.eventId })}
      onClick={send}
    >
      {t("resend")}
    </Button>
  );
}
