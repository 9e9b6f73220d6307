import { countCalls, countGroupEvents, countGroupPeople, listActiveGroups } from "../../db/alert-signals.js";
import { countAppTokenFetches } from "../../db/app-token-fetches.js";
import { quarter, slotOf } from "../../db/error-groups.js";
import type { AlertKind } from "../../db/schema.js";
import { listAppTokens } from "../../db/tokens.js";
import { listDisabledEndpoints } from "../../db/webhooks.js";
import { type Deps, later } from "../deps.js";
import { stateOfGroup } from "../failures/group-states.js";
import { timeOfId } from "../ids.js";
import { endpointOf } from "../tokens/app-tokens.js";
import { dailyQuota, startOfWeChatDay } from "../tokens/quota.js";
import { readRequester } from "../tokens/requesters.js";

/** Something that is wrong at this moment. */
export interface Condition {
  kind: AlertKind;
  subject: string;
  appId?: string;
  endpoint?: string;
  errcode?: string;
  people?: number;
  events?: number;
  percent?: number;
  /** It goes on, but is not told again: an operator has acknowledged it, or nothing says how it is now. */
  isQuiet?: boolean;
}

/** An incident that is open, as far as the conditions look at it. */
export interface OpenIncident {
  kind: AlertKind;
  subject: string;
  openedAt: Date;
  percent: number | null;
}

/** A group is failing if it failed within this time. */
const activeSeconds = 15 * 60;
/** A group that failed first within this time is new. */
const newSeconds = 3600;
/** So many failing groups are looked at, those with the most failures first; and each that an incident is open about. */
const maxGroups = 200;
/** More people than this are not counted. */
const mostPeople = 10_000;
/** A spike: so many people within a quarter of an hour, and so many times the failures of the usual quarter. */
const [spikePeople, spikeFactor] = [10, 4];
const usualQuarters = 96;
/** A token that failed so often in a row is failing; less is a brief outage, which the keeper retries. */
const failuresInRow = 3;
/** So many tokens that WeChat refused before their time within an hour: another program fetches them too. */
const [clashes, clashSeconds] = [3, 3600];
const quotaPercent = 80;
/** The share of sign-ins that succeed is compared with the two hours before, in points of percent. */
const [shareMinutes, usualMinutes, fewestSignIns, shareDrop] = [15, 120, 20, 20];

/**
 * What is wrong now. It reads counts and remembered groups, never the failures themselves. What an incident is open about is
 * looked at however much else fails, and is compared with what was usual before: what goes on for long does not become usual.
 */
export async function readConditions(deps: Deps, open: readonly OpenIncident[]): Promise<Condition[]> {
  const parts = [
    await groupConditions(deps, open),
    await tokenConditions(deps, open),
    await clashConditions(deps),
    await quotaConditions(deps),
    await shareConditions(deps, open),
    await webhookConditions(deps),
  ];
  return parts.flat();
}

async function groupConditions(deps: Deps, open: readonly OpenIncident[]): Promise<Condition[]> {
  const found: Condition[] = [];
  for (const group of await groupsToLookAt(deps, open)) {
    found.push(...(await conditionsOfGroup(deps, group, open)));
  }
  return found;
}

type ActiveGroup = (typeof listActiveGroups)["row"] & {};

async function groupsToLookAt(deps: Deps, open: readonly OpenIncident[]): Promise<ActiveGroup[]> {
  const now = deps.now();
  const activeSince = later(now, -activeSeconds);
  const active = await deps.db.run(listActiveGroups, { slot: slotOf(activeSince, quarter) });
  const subjects = new Set(open.map(({ subject }) => subject));
  return active
    .filter((group) => {
      const state = stateOfGroup(group, now);
      return group.lastSeenAt >= activeSince && state !== "muted" && state !== "resolved";
    })
    .filter(
      (group, place) => place < maxGroups || subjects.has(group.id) || subjects.has(regressionOf(group)),
    );
}

/** What an incident about a group that failed again is about: each time that it was resolved is another one. */
const regressionOf = ({ id, resolvedAt }: ActiveGroup) => `${id}@${resolvedAt?.getTime() ?? 0}`;

async function conditionsOfGroup(
  deps: Deps,
  group: ActiveGroup,
  open: readonly OpenIncident[],
): Promise<Condition[]> {
  const now = deps.now();
  const { id, appId, endpoint, errcode } = group;
  const regressed = regressionOf(group);
  const state = stateOfGroup(group, now);
  const openedAt = (kind: AlertKind, subject: string) =>
    open.find((one) => one.kind === kind && one.subject === subject)?.openedAt;
  const activeSince = later(now, -activeSeconds);
  const newSince = openedAt("group_new", id);
  const regressedSince = openedAt("group_regressed", regressed);
  const spikeSince = openedAt("people_spike", id);
  const since = later(newSince ?? regressedSince ?? now, -activeSeconds);
  const about = { appId, endpoint, errcode, isQuiet: state === "acknowledged" };
  const people = await countPeople(deps, id, since);
  const events = await countEvents(deps, id, slotOf(since, quarter), slotOf(now, quarter) + 1);

  const found: Condition[] = [];
  const isNew = timeOfId(id) >= later(now, -newSeconds) && state === "open";
  if (newSince || isNew) found.push({ ...about, kind: "group_new", subject: id, people, events });
  if (regressedSince || state === "regressed") {
    found.push({ ...about, kind: "group_regressed", subject: regressed, people, events });
  }
  if (people < spikePeople) return found;
  const peopleNow = await countPeople(deps, id, activeSince);
  if (peopleNow >= spikePeople && (await isSpike(deps, group, spikeSince ?? now))) {
    found.push({ ...about, kind: "people_spike", subject: id, people: peopleNow, events: group.events });
  }
  return found;
}

const countPeople = async (deps: Deps, groupId: string, since: Date): Promise<number> =>
  (await deps.db.run(countGroupPeople, { groupId, since, most: mostPeople }))[0]?.people ?? 0;

const countEvents = async (deps: Deps, groupId: string, from: number, to: number): Promise<number> =>
  (await deps.db.run(countGroupEvents, { groupId, from, to }))[0]?.events ?? 0;

/** What failed lately, in one to two quarters of an hour, against the day before the spike began. */
async function isSpike(deps: Deps, group: ActiveGroup, begunAt: Date): Promise<boolean> {
  const slot = slotOf(later(begunAt, -activeSeconds), quarter);
  const usual = (await countEvents(deps, group.id, slot - usualQuarters, slot)) / usualQuarters;
  return group.events >= spikeFactor * 2 * usual;
}

async function tokenConditions(deps: Deps, open: readonly OpenIncident[]): Promise<Condition[]> {
  const now = deps.now();
  return (await deps.db.run(listAppTokens, {})).flatMap((row): Condition[] => {
    const { appId, kind, lastErrcode: errcode } = row;
    if (deps.apps.keyOf(appId) === null || row.failuresInRow === 0) return [];
    const about = { subject: `${appId}:${kind}`, appId, endpoint: `cgi-bin/${endpointOf[kind]}` };
    const failing = { kind: "token_failing", ...about, ...(errcode === null ? {} : { errcode }) } as const;
    if (errcode === "40164") {
      // It has not recovered from another failure by failing in this way.
      const isOpen = open.some(({ kind, subject }) => kind === "token_failing" && subject === about.subject);
      return [{ kind: "ip_refused", ...about, errcode }, ...(isOpen ? [failing] : [])];
    }
    const isExpired = row.expiresAt !== null && row.expiresAt <= now;
    if (row.failuresInRow < failuresInRow && !isExpired) return [];
    return [failing];
  });
}

async function clashConditions(deps: Deps): Promise<Condition[]> {
  const refused = new Map<string, Condition & { events: number }>();
  const since = later(deps.now(), -clashSeconds);
  for (const { appId, kind, requestedBy, fetches } of await deps.db.run(countAppTokenFetches, { since })) {
    if (readRequester(requestedBy).kind !== "refused") continue;
    const subject = `${appId}:${kind}`;
    const before = refused.get(subject)?.events ?? 0;
    refused.set(subject, { kind: "token_clash", subject, appId, events: before + fetches });
  }
  return [...refused.values()].filter(({ events }) => events >= clashes);
}

const minuteOf = (moment: Date) => Math.floor(moment.getTime() / 60_000);

async function quotaConditions(deps: Deps): Promise<Condition[]> {
  const now = deps.now();
  const endpoint = `cgi-bin/${endpointOf.access_token}`;
  const today = { endpoint, from: minuteOf(startOfWeChatDay(now)), to: minuteOf(now) + 1 };
  const calls = new Map<string, number>();
  for (const row of await deps.db.run(countCalls, today)) {
    calls.set(row.appId, (calls.get(row.appId) ?? 0) + row.calls);
  }
  return [...calls].flatMap(([appId, events]): Condition[] => {
    const percent = Math.floor((events / dailyQuota.access_token) * 100);
    return percent < quotaPercent
      ? []
      : [{ kind: "quota", subject: appId, appId, endpoint, events, percent }];
  });
}

/** What a person decides, or never finishes, says nothing about this system. */
const notCounted = new Set(["abandoned", "refused"]);
const succeeded = new Set(["signed_in", "bound"]);

interface Share {
  all: number;
  good: number;
}

const percentOf = ({ all, good }: Share) => Math.round((good / all) * 100);

async function sharesIn(deps: Deps, range: { from: number; to: number }): Promise<Map<string, Share>> {
  const shares = new Map<string, Share>();
  for (const { appId, errcode, calls } of await deps.db.run(countCalls, { endpoint: "sign_in", ...range })) {
    if (notCounted.has(errcode)) continue;
    const { all, good } = shares.get(appId) ?? { all: 0, good: 0 };
    shares.set(appId, { all: all + calls, good: good + (succeeded.has(errcode) ? calls : 0) });
  }
  return shares;
}

async function shareConditions(deps: Deps, open: readonly OpenIncident[]): Promise<Condition[]> {
  const to = minuteOf(deps.now()) + 1;
  const from = to - shareMinutes;
  const usualBefore = (minute: number) => sharesIn(deps, { from: minute - usualMinutes, to: minute });
  const current = await sharesIn(deps, { from, to });
  const usual = await usualBefore(from);
  const openOnes = new Map(
    open.filter(({ kind }) => kind === "success_share").map((incident) => [incident.subject, incident]),
  );

  const found: Condition[] = [];
  for (const [appId, share] of current) {
    const incident = openOnes.get(appId);
    if (!incident && share.all < fewestSignIns) continue;
    const before = incident ? await usualBefore(minuteOf(incident.openedAt) + 1 - shareMinutes) : usual;
    const percent = percentOf(share);
    if (percent > usualPercentOf(before.get(appId)) - shareDrop) continue;
    found.push({ kind: "success_share", subject: appId, appId, percent, events: share.all - share.good });
  }
  // As long as no sign-in comes to an end, nothing says that it is over.
  for (const [appId, { percent }] of openOnes) {
    if (current.has(appId)) continue;
    found.push({
      ...{ kind: "success_share", subject: appId, appId, isQuiet: true },
      ...(percent === null ? {} : { percent }),
    });
  }
  return found;
}

/** With too few sign-ins to tell, all of them are expected to succeed. */
const usualPercentOf = (usual: Share | undefined) =>
  usual && usual.all >= fewestSignIns ? percentOf(usual) : 100;

async function webhookConditions(deps: Deps): Promise<Condition[]> {
  const clients = new Set((await deps.db.run(listDisabledEndpoints, {})).map(({ clientId }) => clientId));
  return [...clients].map((clientId) => ({ kind: "webhook_disabled", subject: clientId }));
}
