import { Box, Button } from "@mantine/core";
import { IconBell, IconBellOff, IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { ShownOnce } from "../../components/shown-once.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { Callout } from "../../ui/callout.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { ListResult } from "../../ui/list-result.js";
import { Notice } from "../../ui/notice.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { Panel, Section } from "../../ui/panel.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./alerts.module.css";
import { ChannelCard } from "./channel-card.js";
import { ChannelForm } from "./channel-form.js";
import { IncidentsTable } from "./incidents-table.js";

const route = getRouteApi("/console/alerts");

export function AlertsPage(): ReactNode {
  const t = useTranslations("alerts");
  const isOwner = useIsOwner();
  const notify = useNotify();
  const [isAsked, setIsAsked] = useState(false);
  const [secret, setSecret] = useState<string>();
  const close = () => setIsAsked(false);
  const search = route.useSearch();
  const list = useListSearch(search, { filters: [], drawer: [] });
  const channels = useQuery(trpc.alerts.channels.queryOptions());
  const incidents = useQuery(
    trpc.alerts.incidents.queryOptions({ cursor: search.cursor }, { placeholderData: keepPreviousData }),
  );
  const isNotChecked = channels.data?.items.every(({ disabledAt }) => disabledAt !== null) ?? false;
  const refresh = () => {
    void channels.refetch();
    void incidents.refetch();
  };
  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        {isOwner && (
          <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setIsAsked(true)}>
            {t("add")}
          </Button>
        )}
        <RefreshButton busy={channels.isFetching || incidents.isFetching} onRefresh={refresh} />
      </PageHeader>
      <Section title={t("channels")}>
        <PanelBoundary query={channels}>
          {({ items }) =>
            items.length === 0 ? (
              <Panel pad>{t("noChannels")}</Panel>
            ) : (
              <div className={classes.channels}>
                {items.map((channel) => (
                  <ChannelCard key={channel.id} channel={channel} />
                ))}
              </div>
            )
          }
        </PanelBoundary>
      </Section>
      <Section title={t("incidents")}>
        {isNotChecked && incidents.data?.items.length !== 0 && (
          <Box mb="sm">
            <Callout tone="warning" icon={IconBellOff} title={t("notChecked")}>
              {t("notCheckedReason")}
            </Callout>
          </Box>
        )}
        <ListResult
          query={incidents}
          list={list}
          emptyState={
            isNotChecked ? (
              <Notice icon={IconBellOff} title={t("notChecked")} body={t("notCheckedReason")} />
            ) : (
              <Notice icon={IconBell} title={t("noIncidents")} body={t("noIncidentsReason")} />
            )
          }
        >
          {(page, stale) => <IncidentsTable incidents={page.items} stale={stale} />}
        </ListResult>
        <Paging paging={list.paging} page={incidents.data} stale={incidents.isPlaceholderData} />
      </Section>
      <ModalDialog opened={isAsked} onClose={close} title={t("addTitle")}>
        <ChannelForm
          onClose={close}
          onSaved={(made) => {
            close();
            if (made === null) notify("success", t("done.create"));
            else setSecret(made);
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
    </>
  );
}
