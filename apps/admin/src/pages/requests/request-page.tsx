import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { routeForHit, type SearchHit } from "../../shell/search-route.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { PageHeader } from "../../ui/page-header.js";
import { Panel } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";

const route = getRouteApi("/console/requests/$number");

/** The number of a failure page that belongs to no sign-in: what the number itself says, and where to look further. */
export function RequestPage(): ReactNode {
  const t = useTranslations("requests");
  const { number } = route.useParams();
  const found = useQuery(trpc.search.find.queryOptions({ text: number }));
  return (
    <>
      <PageHeader title={t("title")} />
      <Panel pad>
        <QueryBoundary query={found}>{(hit) => <Request hit={hit} />}</QueryBoundary>
      </Panel>
    </>
  );
}

function Request({ hit }: { hit: SearchHit }): ReactNode {
  const t = useTranslations("requests");
  if (hit.kind !== "request") return <Navigate replace {...routeForHit(hit)} />;
  return (
    <>
      <Facts
        rows={[
          [t("number"), <CopyableId key="id" value={hit.id} label={t("number")} whole />],
          [t("time"), <ExactTime key="time" at={hit.at} />],
          [t("shown"), hit.page === null ? null : t(`page.${hit.page}`)],
        ]}
      />
      <p>{hit.page === null ? t("unknown") : t(`why.${hit.page}`)}</p>
      <p>{t("log")}</p>
    </>
  );
}
