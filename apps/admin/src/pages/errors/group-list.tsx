import { Button, Text } from "@mantine/core";
import { IconFilterOff, IconSparkles } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { Bars } from "../../components/bars.js";
import { EmptyList } from "../../components/empty-list.js";
import { Errcode } from "../../components/errcode.js";
import { AppName } from "../../components/wechat-app.js";
import { useLanguage } from "../../language/use-language.js";
import type { ErrorsListState, ErrorsSearch } from "../../search-params/errors-search.js";
import { useMayAct } from "../../shell/use-operator.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { isEmptyInRange, ListResult } from "../../ui/list-result.js";
import { Notice } from "../../ui/notice.js";
import { Panel } from "../../ui/panel.js";
import { StateBadge } from "../../ui/state-badge.js";
import { RelativeTime, useFormatExactTime } from "../../ui/time.js";
import { useSelection } from "../../ui/use-selection.js";
import classes from "./errors.module.css";
import { useFormatPeople } from "./format-people.js";
import { GroupBulkBar } from "./group-bulk-bar.js";
import { formatGroupKey } from "./group-key.js";
import { GroupStateBadge } from "./group-state.js";
import { NeverFailed } from "./never-failed.js";
import { StateTabs } from "./state-tabs.js";

/** Failures grouped by app, endpoint and errcode. */
export function GroupList({
  list,
  state,
  sort,
}: {
  list: ErrorsListState;
  state: ErrorsSearch["state"];
  sort: ErrorsSearch["sort"];
}): ReactNode {
  const t = useTranslations("errors");
  const tGroups = useTranslations("errorGroups");
  const format = useFormatter();
  const formatPeople = useFormatPeople();
  const groups = useQuery(
    trpc.failures.groups.queryOptions(
      { ...list.filters, ...list.bounds, ...(state && { state }), ...(sort && { sort }) },
      { placeholderData: keepPreviousData },
    ),
  );
  const ever = useQuery(
    trpc.failures.groups.queryOptions({ state: "all" }, { enabled: isEmptyInRange(list, groups) }),
  );
  const bars = groups.data?.bars;
  const mayAct = useMayAct();
  const selection = useSelection((groups.data?.items ?? []).map(formatGroupKey));

  const columns: Column<FailureGroup>[] = [
    { id: "error", header: t("error"), grow: true, cell: (group) => <GroupCell group={group} /> },
    { id: "app", header: t("app"), cell: (group) => <AppName appKey={group.appKey} appId={group.appId} /> },
    {
      id: "people",
      header: t("peopleAffected"),
      align: "right",
      cell: (group) => formatPeople(group),
    },
    { id: "events", header: t("events"), align: "right", cell: (group) => format.number(group.events) },
    {
      id: "trend",
      header: tGroups("trend"),
      onlyWide: true,
      cell: (group) => (
        <span className={classes.trend}>
          {bars && <Bars counts={group.bars} from={bars.from} minutes={bars.minutes} />}
          <Growth group={group} />
        </span>
      ),
    },
    {
      id: "last",
      header: t("lastSeen"),
      cell: (group) => <RelativeTime at={group.lastSeenAt} />,
    },
    {
      id: "first",
      header: t("firstSeen"),
      onlyWide: true,
      cell: (group) => <RelativeTime at={group.firstSeenAt} />,
    },
  ];

  const counts = groups.data?.counts;
  const explanation = groups.data?.explanation;
  const areOthers = counts !== undefined && Object.values(counts).some((count) => count > 0);
  return (
    <>
      <StateTabs state={state} counts={counts} />
      {explanation ? (
        <NeverFailed explanation={explanation} />
      ) : groups.data?.items.length === 0 && areOthers ? (
        <Panel>
          <NoneOfState onShowAll={() => list.setFilter({ state: "all" })} />
        </Panel>
      ) : (
        <ListResult
          query={groups}
          list={list}
          ever={ever}
          emptyState={<EmptyList title={t("empty")} why={t("emptyReason")} />}
        >
          {(page, stale) => (
            <>
              {mayAct && <GroupBulkBar groups={page.items} selection={selection} />}
              <DataTable
                label={t("view.groups")}
                columns={columns}
                rows={page.items}
                rowKey={formatGroupKey}
                stale={stale}
                selection={
                  mayAct
                    ? { ...selection, nameOf: ({ errcode, endpoint }) => `${errcode} ${endpoint}` }
                    : undefined
                }
              />
              <CountedTo at={page.countedFrom ?? page.searchedTo} />
            </>
          )}
        </ListResult>
      )}
    </>
  );
}

function NoneOfState({ onShowAll }: { onShowAll: () => void }): ReactNode {
  const t = useTranslations("errorGroups");
  return (
    <Notice icon={IconFilterOff} title={t("noneOfState")} body={t("noneOfStateBody")}>
      <Button variant="default" size="xs" onClick={onShowAll}>
        {t("showAll")}
      </Button>
    </Notice>
  );
}

/** By how many events it grew against the time before. */
function Growth({ group: { events, eventsBefore } }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("errorGroups");
  const format = useFormatter();
  if (eventsBefore === null) return null;
  const growth = events - eventsBefore;
  const values = { count: Math.abs(growth), before: eventsBefore };
  const text = growth > 0 ? t("grew", values) : growth < 0 ? t("fell", values) : t("same");
  return (
    <span className={classes.growth} data-grew={growth > 0 || undefined} title={text}>
      <span aria-hidden>{format.number(growth, { signDisplay: "exceptZero" })}</span>
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

/** Counts of many failures begin at a quarter of an hour, or at the oldest failure that was read. */
function CountedTo({ at }: { at: string | undefined }): ReactNode {
  const t = useTranslations("paging");
  const formatTime = useFormatExactTime();
  return (
    at !== undefined && (
      <Text size="xs" p="xs">
        {t("countedTo", { at: formatTime(at) })}
      </Text>
    )
  );
}

function GroupCell({ group }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("errors");
  const tGroups = useTranslations("errorGroups");
  const { language } = useLanguage();
  const meaning = group.meaning?.[language] ?? group.name;
  return (
    <RowLink
      from="/errors"
      to="."
      search={(search) => ({ ...search, group: formatGroupKey(group), open: undefined })}
    >
      <span className={classes.groupHead}>
        <Errcode errcode={group.errcode} name={null} />
        <span className={classes.meaning}>
          {meaning ? <span>{meaning}</span> : <span className={classes.unknown}>{t("unknownCode")}</span>}
          {group.state !== "open" && <GroupStateBadge state={group.state} />}
          {group.isNew && (
            <StateBadge tone="info" icon={IconSparkles}>
              {tGroups("new")}
            </StateBadge>
          )}
        </span>
      </span>
      <span className={classes.endpoint}>
        {group.meaning && group.name && <>{group.name} · </>}
        {group.endpoint}
      </span>
    </RowLink>
  );
}
