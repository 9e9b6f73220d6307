import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureRow } from "../../api/types.js";
import { EmptyList } from "../../components/empty-list.js";
import { Errcode } from "../../components/errcode.js";
import { AppName } from "../../components/wechat-app.js";
import { formatMilliseconds } from "../../format/duration.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { ListResult } from "../../ui/list-result.js";
import { type PageStep, Paging } from "../../ui/paging.js";
import { RowLink } from "../../ui/row-link.js";
import { RelativeTime } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import classes from "./errors.module.css";
import type { ErrorsListProps } from "./errors-list.js";
import { narrowedBy } from "./narrowed-by.js";

/** Every failed call, newest first. */
export function FailureLog({
  search,
  bounds,
  onWiden,
  onStep,
}: ErrorsListProps & { onStep: (step: PageStep) => void }): ReactNode {
  const t = useTranslations("errors");
  const { q, appId, endpoint, errcode, cursor } = search;
  const failures = useQuery(
    trpc.failures.list.queryOptions(
      { q, appId, endpoint, errcode, cursor, ...bounds },
      { placeholderData: keepPreviousData },
    ),
  );
  const narrowed = narrowedBy(search);

  const columns: Column<FailureRow>[] = [
    { id: "error", header: t("error"), grow: true, cell: (failure) => <FailureCell failure={failure} /> },
    { id: "at", header: t("at"), cell: (failure) => <RelativeTime at={failure.at} /> },
    {
      id: "app",
      header: t("app"),
      cell: (failure) => <AppName appKey={failure.appKey} appId={failure.appId} />,
    },
    {
      id: "openid",
      header: "openid",
      cell: (failure) => (failure.openid ? <CopyableId value={failure.openid} label="openid" /> : "–"),
    },
    {
      id: "rid",
      header: "rid",
      cell: (failure) => (failure.rid ? <CopyableId value={failure.rid} label="rid" /> : "–"),
    },
    {
      id: "latency",
      header: t("latency"),
      align: "right",
      cell: (failure) => formatMilliseconds(failure.latencyMs),
    },
  ];

  return (
    <>
      <ListResult
        query={failures}
        narrowedBy={narrowed}
        onWiden={() => narrowed !== "nothing" && onWiden(narrowed)}
        nothingYet={<EmptyList title={t("nothingYet")} why={t("nothingYetWhy")} />}
      >
        {(page, stale) => (
          <DataTable
            label={t("view.log")}
            columns={columns}
            rows={page.items}
            rowKey={(failure) => failure.id}
            stale={stale}
          />
        )}
      </ListResult>
      <Paging
        cursor={cursor}
        nextCursor={failures.data?.nextCursor ?? null}
        stale={failures.isPlaceholderData}
        onStep={onStep}
      />
    </>
  );
}

function FailureCell({ failure }: { failure: FailureRow }): ReactNode {
  return (
    <RowLink from="/errors" to="." search={(search) => ({ ...search, open: failure.id, group: undefined })}>
      <Errcode errcode={failure.errcode} name={failure.name} />
      <span className={classes.errmsg}>
        <UntrustedText text={`${failure.endpoint} · ${failure.errmsg}`} clip />
      </span>
    </RowLink>
  );
}
