import { IconUserShield, IconZoomExclamation } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { useListSearch } from "../../search-params/use-list-search.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { SideDrawer } from "../../ui/dialogs.js";
import { ListResult } from "../../ui/list-result.js";
import { Notice } from "../../ui/notice.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Paging } from "../../ui/paging.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { FactorPolicy } from "./factor-policy.js";
import { InviteButton } from "./invite-button.js";
import { OperatorView } from "./operator-view.js";
import { OperatorsTable } from "./operators-table.js";

const route = getRouteApi("/console/operators");

export function OperatorsPage(): ReactNode {
  const t = useTranslations("operators");
  const isOwner = useIsOwner();
  const search = route.useSearch();
  const list = useListSearch(search, { filters: [], drawer: ["open"] });
  const operators = useQuery(
    trpc.operators.list.queryOptions({ cursor: search.cursor }, { placeholderData: keepPreviousData }),
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        {isOwner && <InviteButton />}
        <RefreshButton busy={operators.isFetching} onRefresh={() => void operators.refetch()} />
      </PageHeader>
      <ListResult
        query={operators}
        list={list}
        emptyState={<Notice icon={IconUserShield} title={t("empty")} body={t("emptyReason")} />}
      >
        {(page, stale) => <OperatorsTable operators={page.items} stale={stale} />}
      </ListResult>
      <Paging paging={list.paging} page={operators.data} stale={operators.isPlaceholderData} />
      {isOwner && <FactorPolicy />}
      <SideDrawer opened={search.open !== undefined} title={t("one")} onClose={list.closeDrawer}>
        <QueryBoundary query={operators}>
          {({ items }) => {
            const operator = items.find(({ id }) => id === search.open);
            if (operator) return <OperatorView operator={operator} />;
            return <Notice icon={IconZoomExclamation} title={t("notListed")} body={t("notListedBody")} />;
          }}
        </QueryBoundary>
      </SideDrawer>
    </>
  );
}
