import {
  countPeopleAffected,
  findLastCounted,
  type GroupFilter,
  groupFailures,
  listGroupCounts,
} from "../../db/console/failure-groups.js";
import { type FailureFilter, listFailures, listFailuresInBrowserOf } from "../../db/console/failures.js";
import { quarter, slotOf, startOfSlot } from "../../db/error-groups.js";
import { cursorsOf, pageOf } from "../cursor.js";
import { type Deps, later } from "../deps.js";
import { isId } from "../ids.js";
import { explanationOf, type PageInput, withApp } from "./view.js";

export interface FailureQuery {
  q?: string | undefined;
  appId?: string | undefined;
  endpoint?: string | undefined;
  errcode?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Failed calls to WeChat, newest first. */
export async function listFailuresPage(deps: Deps, { cursor, limit, ...query }: FailureQuery & PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "failures", ...query });
  const filter = filterOf(query);
  if (!filter) return { items: [], nextCursor: null };
  const found = await listFailures(deps.db, filter, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf(found, limit, cursors, (row) => row);
  return { ...page, items: page.items.map((row) => withNames(deps, row)) };
}

/** The latest failures with an openid. */
export async function listFailuresOf(deps: Deps, identity: { appId: string; openid: string }, limit: number) {
  const { rows } = await listFailures(deps.db, identity, { limit });
  return rows.map((row) => withNames(deps, row));
}

/** The latest failures that are probably a user's: no openid was known yet, but it was their browser. */
export async function listBrowserFailures(deps: Deps, userId: string) {
  const rows = await listFailuresInBrowserOf(deps.db, userId, 20);
  return rows.map((row) => withNames(deps, row));
}

/**
 * Recognizes what was typed: an id, a rid, an errcode, else an openid.
 *
 * @returns undefined if nothing can match: two errcodes
 */
function filterOf({ q, ...filter }: FailureQuery): FailureFilter | undefined {
  const text = q?.trim();
  if (!text) return filter;
  if (isId(text)) return { ...filter, id: text };
  if (/^[0-9a-f]+(-[0-9a-f]+)+$/.test(text)) return { ...filter, rid: text };
  // WeChat's are numbers, the library's words in capitals.
  if (!/^(-?\d+|[A-Z_]+)$/.test(text)) return { ...filter, openid: text };
  return filter.errcode === undefined || filter.errcode === text ? { ...filter, errcode: text } : undefined;
}

const maxGroups = 200;

/** Beyond this, a group's people are `at least` so many: as few as keep the sum of all groups quick to count. */
const mostPeople = 40_000;

interface Group {
  appId: string;
  endpoint: string;
  errcode: string;
  events: number;
  unnamed: number;
  people: number;
  isAtLeast: boolean;
  firstSeenAt: Date | null;
  lastSeenAt: Date | null;
}

export interface FailureGroups {
  items: ReturnType<typeof groupView>[];
  nextCursor: null;
  /** The oldest failure that was read of so many with this openid, rid or id. Absent if all were. */
  searchedTo?: Date;
  /** When the first quarter of an hour began that is counted. Absent if the failures themselves were counted, or all time. */
  countedFrom?: Date;
}

/**
 * How many people each errcode affects, the most frequent first: counted from the failures themselves if they are few,
 * else from the groups' own counts.
 */
export async function listFailureGroups(deps: Deps, query: FailureQuery): Promise<FailureGroups> {
  const filter = filterOf(query);
  if (!filter) return { items: [], nextCursor: null };
  const last = await findLastCounted(deps.db, filter);
  // Counts know neither a person nor a request of WeChat's.
  const isCounted = !filter.id && !filter.rid && !filter.openid;
  const groups =
    last && isCounted
      ? await countedGroups(deps, filter)
      : (await groupFailures(deps.db, filter, { last, limit: maxGroups })).map((group) => ({
          ...group,
          isAtLeast: false,
        }));
  return {
    items: groups.map((group) => groupView(deps, group)),
    nextCursor: null,
    ...(last && !isCounted ? { searchedTo: last.at } : {}),
    ...(last && isCounted && filter.from ? { countedFrom: startOfQuarter(filter.from) } : {}),
  };
}

const startOfQuarter = (moment: Date) => startOfSlot(slotOf(moment, quarter), quarter);

async function countedGroups(
  deps: Deps,
  filter: GroupFilter & Pick<FailureFilter, "from" | "to">,
): Promise<Group[]> {
  const { from, to } = filter;
  const groups = await listGroupCounts(deps.db, filter, maxGroups);
  const most = Math.max(200, Math.floor(mostPeople / Math.max(1, groups.length)));
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

function groupView(deps: Deps, { people, unnamed, isAtLeast, ...group }: Group) {
  const explanation = explanationOf(group.errcode, group.endpoint);
  return {
    ...withApp(deps, group),
    name: explanation?.name ?? null,
    meaning: explanation?.meaning ?? null,
    peopleAffected: people,
    // Several people may share a browser, and a call about the whole account names no person.
    peopleAffectedIsAtLeast: unnamed > 0 || isAtLeast,
  };
}

/** Adds the app's short name and the errcode's name to a failure. */
export function withNames<Row extends { appId: string; errcode: string }>(deps: Deps, row: Row) {
  return { ...withApp(deps, row), name: explanationOf(row.errcode)?.name ?? null };
}
