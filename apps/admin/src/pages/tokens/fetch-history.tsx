import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { AppTokenFetch, AppTokenKind } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { RelativeTime, useFormatDuration } from "../../ui/time.js";
import classes from "./fetch-history.module.css";
import { Requester } from "./requester.js";

/** Each time WeChat was asked for the token, newest first: who asked, and what came. */
export function FetchHistory({ appId, kind }: { appId: string; kind: AppTokenKind }): ReactNode {
  const t = useTranslations("tokens");
  const fetches = useInfiniteQuery(
    trpc.tokens.listFetches.infiniteQueryOptions(
      { appId, kind, limit: 10 },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
    ),
  );
  return (
    <QueryBoundary query={fetches}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <p className={classes.empty}>{t("historyEmpty")}</p>;
        return (
          <>
            <ol className={classes.list} aria-label={t("history")}>
              {items.map((fetch) => (
                <Fetch key={fetch.id} fetch={fetch} />
              ))}
            </ol>
            {fetches.hasNextPage && (
              <Button
                variant="default"
                size="xs"
                mt="xs"
                loading={fetches.isFetchingNextPage}
                onClick={() => void fetches.fetchNextPage()}
              >
                {t("olderFetches")}
              </Button>
            )}
          </>
        );
      }}
    </QueryBoundary>
  );
}

function Fetch({ fetch }: { fetch: AppTokenFetch }): ReactNode {
  const formatDuration = useFormatDuration();
  return (
    <li data-failed={fetch.errcode !== null || undefined}>
      <span className={classes.result}>
        <Result fetch={fetch} />
      </span>
      <span className={classes.when}>
        <RelativeTime at={fetch.at} />
      </span>
      <span className={classes.about}>
        <Requester by={fetch.requestedBy} /> · <code>{fetch.source}</code> · {formatDuration(fetch.latencyMs)}
      </span>
    </li>
  );
}

function Result({ fetch: { errcode, generation, name, meaning } }: { fetch: AppTokenFetch }): ReactNode {
  const t = useTranslations("tokens");
  if (errcode === "LOST_LEASE") return t("lost");
  if (errcode !== null) return <Errcode errcode={errcode} name={name} meaning={meaning} />;
  return t("gotGeneration", { generation: generation ?? 0 });
}
