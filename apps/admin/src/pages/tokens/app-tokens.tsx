import { IconKeyOff } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AppToken } from "../../api/types.js";
import { RefetchError } from "../../ui/error-messages.js";
import { Notice } from "../../ui/notice.js";
import { Panel } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { AppTokenCard } from "./app-token-card.js";
import classes from "./app-token-card.module.css";

export function AppTokens({ query }: { query: UseQueryResult<{ items: AppToken[] }, unknown> }): ReactNode {
  const t = useTranslations("tokens");
  const list = query.data?.items;
  if (list && list.length > 0) {
    return (
      <>
        <RefetchError query={query} />
        <div className={classes.cards}>
          {list.map((app) => (
            <AppTokenCard key={app.appId} app={app} />
          ))}
        </div>
      </>
    );
  }
  return (
    <Panel>
      <QueryBoundary query={query} lines={5}>
        {() => <Notice icon={IconKeyOff} title={t("noAppsTitle")} body={t("noAppsBody")} />}
      </QueryBoundary>
    </Panel>
  );
}
