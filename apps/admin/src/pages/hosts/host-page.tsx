import { IconBan, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { HostDetail } from "../../api/types.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { Facts } from "../../ui/facts.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Panel } from "../../ui/panel.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { StateBadge } from "../../ui/state-badge.js";
import { ExactTime } from "../../ui/time.js";
import { DeliveriesDrawer } from "./deliveries-drawer.js";
import { HostActs } from "./host-acts.js";
import { HostKeys } from "./host-keys.js";
import { HostWebhooks } from "./host-webhooks.js";
import classes from "./hosts.module.css";

const route = getRouteApi("/console/hosts/$id");

/** One host application with its keys and webhooks. */
export function HostPage(): ReactNode {
  const t = useTranslations("hosts");
  const isOwner = useIsOwner();
  const { id } = route.useParams();
  const host = useQuery(trpc.hosts.get.queryOptions({ id }));
  return (
    <>
      <p className={classes.back}>
        {/* The list is not the current page, although its address begins this one's. */}
        <Link to="/hosts" activeOptions={{ exact: true }}>
          {t("title")}
        </Link>
      </p>
      <PageHeader title={host.data?.name ?? t("title")}>
        {isOwner && host.data && <HostActs host={host.data} />}
        <RefreshButton busy={host.isFetching} onRefresh={() => void host.refetch()} />
      </PageHeader>
      <PanelBoundary query={host}>{(found) => <HostDetails host={found} />}</PanelBoundary>
    </>
  );
}

function HostDetails({ host }: { host: HostDetail }): ReactNode {
  const t = useTranslations("hosts");
  const { id, origins, redirectPaths, createdAt, disabledAt } = host;
  const lines = (values: readonly string[]) => (
    <span className={classes.lines}>
      {values.map((value) => (
        <bdi key={value}>{value}</bdi>
      ))}
    </span>
  );
  return (
    <>
      <Panel pad>
        <Facts
          rows={[
            [
              t("clientId"),
              <bdi key="id" className={classes.mono}>
                {id}
              </bdi>,
            ],
            [
              t("status"),
              disabledAt === null ? (
                <StateBadge key="status" tone="success" icon={IconCheck}>
                  {t("active")}
                </StateBadge>
              ) : (
                <StateBadge key="status" tone="error" icon={IconBan}>
                  {t("disabled")}
                </StateBadge>
              ),
            ],
            [t("disabledSince"), disabledAt === null ? null : <ExactTime key="disabled" at={disabledAt} />],
            [t("origins"), lines(origins)],
            [t("redirectPaths"), lines(redirectPaths)],
            [t("created"), <ExactTime key="created" at={createdAt} />],
          ]}
        />
      </Panel>
      <HostKeys host={host} />
      <HostWebhooks host={host} />
      <DeliveriesDrawer host={host} />
    </>
  );
}
