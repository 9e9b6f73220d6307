import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { EmptyList } from "../../components/empty-list.js";
import type { TokensSearch } from "../../search-params/tokens-search.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { AppFilter, FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { ListResult } from "../../ui/list-result.js";
import { PageHeader } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { Section } from "../../ui/panel.js";
import { RefreshButton } from "../../ui/refresh-button.js";
import { AppTokenView } from "./app-token-view.js";
import { AppTokens } from "./app-tokens.js";
import { UserTokenView } from "./user-token-view.js";
import { UserTokensTable } from "./user-tokens-table.js";

const route = getRouteApi("/console/tokens");

// The cards count down by themselves; that a token was exchanged meanwhile only the api knows.
const APP_TOKENS_EVERY_MS = 30_000;

export function TokensPage(): ReactNode {
  const t = useTranslations("tokens");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { open, app, ...question } = search;
  const apps = useQuery(
    trpc.tokens.listApps.queryOptions(undefined, { refetchInterval: APP_TOKENS_EVERY_MS }),
  );
  const tokens = useQuery(
    trpc.tokens.listUsers.queryOptions(question, { placeholderData: keepPreviousData }),
  );
  const openApp = apps.data?.items.find((item) => item.appId === app);
  const isFiltered = Boolean(search.q || search.appId || search.state);

  function filter(change: Partial<TokensSearch>, { replace = false } = {}) {
    void navigate({
      search: (before) => ({ ...before, cursor: undefined, ...change }),
      replace,
      resetScroll: false,
    });
  }

  function clear() {
    void navigate({ search: {}, resetScroll: false });
  }

  function refresh() {
    void apps.refetch();
    void tokens.refetch();
  }

  function close() {
    void navigate({
      search: (before) => ({ ...before, open: undefined, app: undefined }),
      state: true,
      resetScroll: false,
    });
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
        <FilterBar onClear={isFiltered ? clear : undefined}>
          <TextFilter
            label={t("search")}
            placeholder={t("searchPlaceholder")}
            value={search.q}
            onChange={(q) => filter({ q }, { replace: true })}
          />
          <AppFilter value={search.appId} onChange={(appId) => filter({ appId })} />
          <SelectFilter
            label={t("state")}
            all={t("allStates")}
            options={(["fresh", "refreshable", "dead"] as const).map((state) => ({
              value: state,
              label: t(`userState.${state}`),
            }))}
            value={search.state}
            onChange={(state) => filter({ state })}
          />
        </FilterBar>
        <ListResult
          query={tokens}
          narrowedBy={isFiltered ? "filters" : "nothing"}
          onWiden={clear}
          nothingYet={<EmptyList title={t("nothingYet")} />}
        >
          {(page, stale) => <UserTokensTable tokens={page.items} stale={stale} />}
        </ListResult>
        <Paging
          cursor={search.cursor}
          nextCursor={tokens.data?.nextCursor ?? null}
          stale={tokens.isPlaceholderData}
          onStep={({ cursor, trail }) =>
            void navigate({
              search: (before) => ({ ...before, cursor }),
              state: { trail },
              resetScroll: false,
            })
          }
        />
      </Section>
      <SideDrawer
        opened={open !== undefined || openApp !== undefined}
        title={open !== undefined ? t("userToken") : t("appToken")}
        onClose={close}
      >
        {open !== undefined ? <UserTokenView bindingId={open} /> : openApp && <AppTokenView app={openApp} />}
      </SideDrawer>
    </>
  );
}
