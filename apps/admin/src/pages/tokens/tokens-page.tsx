import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { EmptyList } from "../../components/empty-list.js";
import { ExportMenu } from "../../components/export-menu.js";
import { AppFilter } from "../../components/wechat-app.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { Section } from "../../ui/panel.js";
import { useTotal } from "../../ui/use-total.js";

import { AppTokenView } from "./app-token-view.js";
import { AppTokens } from "./app-tokens.js";
import { UserTokenView } from "./user-token-view.js";
import { UserTokensTable } from "./user-tokens-table.js";

const route = getRouteApi("/console/tokens");

// The countdown runs in the browser, but a refresh of the token is only visible in the api.
const APP_TOKENS_REFETCH_MS = 30_000;

export function TokensPage(): ReactNode {
  const t = useTranslations("tokens");
  const search = route.useSearch();
  const list = useListSearch(search, {
    filters: ["q", "appId", "state"],
    drawer: ["open", "app"],
    keepScroll: true,
  });
  const apps = useQuery(
    trpc.tokens.listApps.queryOptions(undefined, { refetchInterval: APP_TOKENS_REFETCH_MS }),
  );
  const tokens = useQuery(
    trpc.tokens.listUsers.queryOptions(
      { ...list.filters, cursor: search.cursor },
      { placeholderData: keepPreviousData },
    ),
  );
  const total = useTotal(tokens.data, list.paging.cursor, trpc.tokens.countUsers.queryOptions(list.filters));
  const openApp = apps.data?.items.find((item) => item.appId === search.app);

  function refresh() {
    void apps.refetch();
    void tokens.refetch();
  }

  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        <RefreshButton busy={apps.isFetching || tokens.isFetching} onRefresh={refresh} />
      </PageHeader>
      <Section title={t("appTokens")}>
        <AppTokens query={apps} />
      </Section>
      <Section title={t("userTokens")}>
        <FilterBar list={list}>
          <TextFilter
            label={t("search")}
            placeholder={t("searchPlaceholder")}
            value={search.q}
            onChange={(q) => list.setFilter({ q }, { replace: true })}
          />
          <AppFilter value={search.appId} onChange={(appId) => list.setFilter({ appId })} />
          <SelectFilter
            label={t("state")}
            all={t("allStates")}
            options={(["fresh", "refreshable", "refused", "dead"] as const).map((state) => ({
              value: state,
              label: t(`userState.${state}`),
            }))}
            value={search.state}
            onChange={(state) => list.setFilter({ state })}
          />
          <ExportMenu list="user-tokens" filter={list.filters} />
        </FilterBar>
        <ListResult query={tokens} list={list} emptyState={<EmptyList title={t("empty")} />}>
          {(page, stale) => <UserTokensTable tokens={page.items} stale={stale} />}
        </ListResult>
        <Paging paging={list.paging} page={tokens.data} stale={tokens.isPlaceholderData} total={total} />
      </Section>
      <SideDrawer
        opened={search.open !== undefined || openApp !== undefined}
        title={search.open !== undefined ? t("userToken") : t("appToken")}
        onClose={list.closeDrawer}
      >
        {search.open !== undefined ? (
          <UserTokenView bindingId={search.open} onClose={list.closeDrawer} />
        ) : (
          openApp && <AppTokenView app={openApp} />
        )}
      </SideDrawer>
    </>
  );
}
