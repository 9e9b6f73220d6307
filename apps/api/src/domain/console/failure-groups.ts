import type { TotalBound } from "../../db/console/bounded.js";
import {
  countPeopleAffected,
  findLastCounted,
  type GroupKey,
  groupFailures,
  listGroupBars,
  listGroupCounts,
  listGroupStates,
} from "../../db/console/failure-groups.js";
import type { FailureFilter } from "../../db/console/failures.js";
import { quarter, slotOf, startOfSlot } from "../../db/error-groups.js";
import type { Position } from "../../db/keyset.js";
import type { ErrorGroupState } from "../../db/schema/wechat-calls.js";
import { type Deps, later } from "../deps.js";
import { stateOfGroup } from "../failures/group-states.js";
import { type FailureQuery, filterOf } from "./failures.js";
import { barsIn } from "./group-bars.js";
import { explanationOf, namesOf, withApp } from "./view.js";

/** Of so many groups the most frequent ones are read, and so many are shown. */
const [maxReadGroups, maxGroups] = [1000, 200];

/** Beyond this, a group's people are `at least` so many: as few as keep the sum of all groups quick to count. */
const usualMostPeople = 40_000;

/** A group that failed first within this time is marked as new. */
const newSeconds = 86_400;

/** Fewer than usual, in tests. */
type GroupBound = TotalBound & { mostPeople?: number };

interface CountedGroup extends GroupKey {
  events: number;
  unnamed: number;
  people: number;
  isAtLeast: boolean;
}

export const groupSorts = ["last_seen", "first_seen", "people", "events", "trend"] as const;

export interface FailureGroupQuery extends FailureQuery {
  /** `unresolved`: neither resolved nor muted. */
  state: ErrorGroupState | "unresolved" | "all";
  sort: (typeof groupSorts)[number];
}

export interface FailureGroups {
  items: Awaited<ReturnType<typeof withBars>>;
  nextCursor: null;
  /** How many groups there are of each state, whichever are listed. */
  counts: Record<ErrorGroupState, number>;
  /** When the first bar of each group begins, and how long each bar is. */
  bars: { from: Date; minutes: number };
  /** The oldest failure that was read of so many with this openid, rid or id. Absent if all were. */
  searchedTo?: Date;
  /** When the first quarter of an hour began that is counted. Absent if the failures themselves were counted, or all time. */
  countedFrom?: Date;
  /** Of the errcode that is filtered by, where no call failed with it: WeChat shows some codes to the person alone. */
  explanation?: NonNullable<ReturnType<typeof explanationOf>>;
}

/** The failures of each app, endpoint and errcode: how often, whom they affect, and what operators did about it. */
export async function listFailureGroups(
  deps: Deps,
  { state, sort, ...query }: FailureGroupQuery,
  bound: GroupBound = {},
): Promise<FailureGroups> {
  const filter = filterOf(query);
  const now = deps.now();
  const bars = barsIn(query, now);
  const counts = { open: 0, acknowledged: 0, resolved: 0, regressed: 0, muted: 0 };
  if (!filter)
    return { items: [], nextCursor: null, counts, bars: { from: bars.from, minutes: bars.minutes } };

  const [last, isCounted] = await howToCount(deps, filter, bound);
  const counted = isCounted
    ? await countedGroups(deps, filter, bound)
    : await groupsOfRows(deps, filter, last);
  const before = await eventsBefore(deps, filter, isCounted, bound);
  const states = new Map((await listGroupStates(deps.db, counted)).map((row) => [keyOf(row), row]));
  const groups = counted.flatMap((group) => {
    const stored = states.get(keyOf(group));
    return stored ? [groupView(deps, group, stored, before && (before.get(keyOf(group)) ?? 0))] : [];
  });
  for (const group of groups) counts[group.state]++;
  const explanation = explanationOf(query.errcode ?? null);
  const listed = groups.filter(isListed(state)).sort(bySort(sort)).slice(0, maxGroups);
  return {
    items: await withBars(deps, listed, bars),
    nextCursor: null,
    counts,
    bars: { from: bars.from, minutes: bars.minutes },
    ...(last && !isCounted ? { searchedTo: last.at } : {}),
    ...(isCounted && filter.from ? { countedFrom: startOfQuarter(filter.from) } : {}),
    ...(groups.length === 0 && explanation ? { explanation } : {}),
  };
}

/** The oldest failure that may be read, if they are many; and whether the groups' own counts are read instead of them. */
async function howToCount(
  deps: Deps,
  filter: FailureFilter,
  { maxReadRows }: GroupBound,
): Promise<[Position | undefined, boolean]> {
  const last = await findLastCounted(deps.db, filter, { maxReadRows });
  // Counts know neither a person nor a request of WeChat's.
  return [last, last !== undefined && !filter.id && !filter.rid && !filter.openid];
}

const groupsOfRows = async (deps: Deps, filter: FailureFilter, last?: Position): Promise<CountedGroup[]> =>
  (await groupFailures(deps.db, filter, { last, limit: maxReadGroups })).map((group) => ({
    ...group,
    isAtLeast: false,
  }));

const startOfQuarter = (moment: Date) => startOfSlot(slotOf(moment, quarter), quarter);

async function countedGroups(
  deps: Deps,
  filter: FailureFilter,
  { mostPeople = usualMostPeople }: GroupBound,
): Promise<CountedGroup[]> {
  const { from, to } = filter;
  const groups = await listGroupCounts(deps.db, filter, maxReadGroups);
  const most = Math.max(200, Math.floor(mostPeople / groups.length));
  const since = from ? startOfQuarter(from) : new Date(0);
  // A person who failed after the range as well is counted by that: only those of a range up to now are all known.
  const isUpToNow = !to || to > later(deps.now(), -quarter * 60);
  const people = await countPeopleAffected(
    deps.db,
    groups.map(({ groupId }) => groupId),
    { since, to: isUpToNow ? undefined : to },
    most,
  );
  return groups.map(({ groupId, ...group }) => {
    const counted = people.get(groupId) ?? 0;
    return { ...group, people: counted, isAtLeast: !isUpToNow || counted >= most };
  });
}

/** The events of each group in as long a time before the range; undefined for all time. */
async function eventsBefore(
  deps: Deps,
  { from, to, ...filter }: FailureFilter,
  isCounted: boolean,
  bound: GroupBound,
): Promise<Map<string, number> | undefined> {
  if (!from) return undefined;
  const start = isCounted ? startOfQuarter(from) : from;
  const lengthMs = Math.max(0, (to ?? deps.now()).getTime() - start.getTime());
  const before = {
    ...filter,
    from: new Date(Math.max(0, start.getTime() - lengthMs)),
    to: new Date(start.getTime() - 1),
  };
  const [last, isCountedBefore] = isCounted ? [undefined, true] : await howToCount(deps, before, bound);
  const groups = isCountedBefore
    ? await listGroupCounts(deps.db, before, maxReadGroups)
    : await groupFailures(deps.db, before, { last, limit: maxReadGroups });
  return new Map(groups.map((group) => [keyOf(group), group.events]));
}

// No appid, endpoint or errcode has a space.
const keyOf = ({ appId, endpoint, errcode }: GroupKey): string => `${appId} ${endpoint} ${errcode}`;

function groupView(
  deps: Deps,
  { people, unnamed, isAtLeast, appId, endpoint, errcode, events }: CountedGroup,
  stored: Awaited<ReturnType<typeof listGroupStates>>[number],
  eventsBefore: number | undefined,
) {
  const now = deps.now();
  const state = stateOfGroup(stored, now);
  const { id, stateAt, stateBy, firstSeenAt, lastSeenAt } = stored;
  return {
    id,
    ...withApp(deps, { appId, endpoint, errcode }),
    ...namesOf(explanationOf(errcode, endpoint)),
    ...{ state, stateAt, stateBy },
    mutedUntil: state === "muted" ? stored.mutedUntil : null,
    isNew: firstSeenAt !== null && firstSeenAt > later(now, -newSeconds),
    ...{ firstSeenAt, lastSeenAt, events, eventsBefore: eventsBefore ?? null },
    peopleAffected: people,
    // Several people may share a browser, and a call about the whole account names no person.
    peopleAffectedIsAtLeast: unnamed > 0 || isAtLeast,
  };
}

type GroupView = ReturnType<typeof groupView>;

const isListed =
  (listed: FailureGroupQuery["state"]) =>
  ({ state }: GroupView): boolean =>
    listed === "all" ||
    state === listed ||
    (listed === "unresolved" && state !== "resolved" && state !== "muted");

const valueBySort = {
  last_seen: ({ lastSeenAt }) => lastSeenAt?.getTime() ?? 0,
  first_seen: ({ firstSeenAt }) => firstSeenAt?.getTime() ?? 0,
  people: ({ peopleAffected }) => peopleAffected,
  events: ({ events }) => events,
  /** By how many events it grew, because of few ones a share says little. */
  trend: ({ events, eventsBefore }) => events - (eventsBefore ?? 0),
} as const satisfies Record<FailureGroupQuery["sort"], (group: GroupView) => number>;

/** The greatest first; of equal ones the one that was seen last, which of two at once is the one that was made last. */
function bySort(sort: FailureGroupQuery["sort"]): (a: GroupView, b: GroupView) => number {
  return (a, b) =>
    valueBySort[sort](b) - valueBySort[sort](a) ||
    valueBySort.last_seen(b) - valueBySort.last_seen(a) ||
    (a.id < b.id ? 1 : -1);
}

/** Adds how many events each group had in each bar. */
async function withBars(deps: Deps, groups: readonly GroupView[], bars: ReturnType<typeof barsIn>) {
  const ids = groups.map(({ id }) => id);
  const rows = await listGroupBars(deps.db, ids, bars);
  const empty = ids.map((id) => [id, new Array<number>(bars.last - bars.first + 1).fill(0)] as const);
  const byGroup = new Map(empty);
  for (const { groupId, bar, events } of rows) byGroup.get(groupId)?.splice(bar - bars.first, 1, events);
  return groups.map((group) => ({ ...group, bars: byGroup.get(group.id) ?? [] }));
}
