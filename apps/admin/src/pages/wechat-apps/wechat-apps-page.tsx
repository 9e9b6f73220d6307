import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { Panel, Section } from "../../ui/panel.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { RelativeTime } from "../../ui/time.js";
import { Findings, Summary } from "./findings.js";
import classes from "./wechat-apps.module.css";

/** What is wrong with the configured apps and with this server. Opening the page makes the checks. */
export function WeChatAppsPage(): ReactNode {
  const t = useTranslations("apps");
  const kinds = useTranslations("appKind");
  const diagnosis = useQuery(trpc.apps.diagnosis.queryOptions());
  return (
    <>
      <PageHeader
        title={t("title")}
        description={
          diagnosis.data
            ? t.rich("checked", { when: () => <RelativeTime at={diagnosis.data.at} /> })
            : t("description")
        }
      >
        <RefreshButton busy={diagnosis.isFetching} onRefresh={() => void diagnosis.refetch()} />
      </PageHeader>
      <PanelBoundary query={diagnosis}>
        {({ site, apps }) => (
          <>
            {apps.map(({ appId, key, kind, findings }) => (
              <Section
                key={appId}
                title={
                  <span className={classes.app}>
                    <bdi>{key}</bdi> <span className={classes.kind}>{kinds(kind)}</span>
                  </span>
                }
                aside={
                  <span className={classes.app}>
                    <CopyableId value={appId} label="appid" /> <Summary findings={findings} />
                  </span>
                }
              >
                <Panel>
                  <Findings findings={findings} />
                </Panel>
                {kind === "official_account" && (
                  <p className={classes.more}>
                    <Link to="/tokens" search={{}}>
                      {t("toTokens")}
                    </Link>
                  </p>
                )}
              </Section>
            ))}
            <Section title={t("site")} aside={<Summary findings={site} />}>
              <Panel>
                <Findings findings={site} />
              </Panel>
            </Section>
          </>
        )}
      </PanelBoundary>
    </>
  );
}
