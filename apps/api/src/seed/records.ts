import type { Tables } from "../db/schema.js";
import { auditEvents } from "../domain/audit.js";
import { idOf, Random } from "./random.js";
import {
  appWeights,
  daysBefore,
  failureKinds,
  identityOf,
  outcomes,
  type Size,
  signInCount,
} from "./rows.js";

// What operators, webhooks, tokens and alerts leave behind at a service of this size, and the counts that the overview sums.

type Row<Name extends keyof Tables> = Tables[Name]["$inferInsert"];

/** One kind of record: how many, and the row with a number, the oldest first. */
export interface Records<Name extends keyof Tables = keyof Tables> {
  table: Name;
  length: number;
  row: (number: number) => Row<Name>;
}

const records = <Name extends keyof Tables>(of: Records<Name>): Records => of as unknown as Records;

/** They are in no table: the first operator is made where there is none. */
const operators = 40;
/** External ids of the seeded people are those of this host application. */
const clientId = "shop";
const endpointId = (size: Size) => idOf("endpoint", daysBefore(size, 20).getTime(), 0);
const operatorId = (size: Size, number: number) =>
  idOf("operator", daysBefore(size, 180).getTime() + number, number);

export function recordsOf(size: Size): Records[] {
  const at = (days: number, length: number) => (number: number) =>
    new Date(daysBefore(size, days * (1 - (number + 0.5) / length)).getTime());
  const events = Math.ceil(size.people / 5);
  const eventAt = at(20, events);
  const entries = Math.ceil(size.people / 5);
  const entryAt = at(170, entries);
  const incidents = Math.ceil(size.people / 200);
  const incidentAt = at(80, incidents);
  const merges = Math.ceil(size.people / 500);
  const mergeAt = at(170, merges);
  const fetches = Math.min(20_000, size.people);
  const fetchAt = at(29, fetches);
  return [
    records({
      ...{ table: "auditLog", length: entries },
      row(number) {
        const random = new Random(number * 11 + 4);
        const person = identityOf(size, random.below(size.people)).userId;
        const event = auditEvents[random.below(auditEvents.length)] ?? "operator.sign_in";
        return {
          ...{ id: idOf("audit", entryAt(number).getTime(), number), at: entryAt(number), event },
          operatorId: operatorId(size, Math.floor(operators * random.next() ** 2)),
          target: event.startsWith("people.") ? person : null,
          result: random.pick([
            [97, "ok" as const],
            [2, "denied" as const],
            [1, "refused" as const],
          ]),
          ip: `198.18.0.${random.below(256)}`,
        };
      },
    }),
    records({
      ...{ table: "hostClients", length: 1 },
      row: () => ({
        ...{ id: clientId, name: "Shop", origins: '["https://shop.example"]', redirectPaths: "[]" },
        createdAt: daysBefore(size, 180),
      }),
    }),
    records({
      ...{ table: "webhookEndpoints", length: 1 },
      row: () => ({
        ...{ id: endpointId(size), clientId, url: "https://shop.example/webhooks", types: "[]" },
        // Nothing is sent to a shop that does not exist.
        ...{
          secret: "seeded",
          createdAt: daysBefore(size, 20),
          disabledAt: size.now,
          disabledReason: "host",
        },
      }),
    }),
    records({
      ...{ table: "outbox", length: events },
      row: (number) => ({
        ...{ id: idOf("event", eventAt(number).getTime(), number), number: number + 1, data: "{}" },
        ...{ type: "user.updated", at: eventAt(number) },
        userId: identityOf(size, number % size.people).userId,
      }),
    }),
    records({
      ...{ table: "webhookDeliveries", length: events },
      row(number) {
        const isDelivered = !new Random(number * 13 + 5).isOneOf(500);
        return {
          ...{ id: idOf("delivery", eventAt(number).getTime(), number), endpointId: endpointId(size) },
          ...{
            eventNumber: number + 1,
            state: isDelivered ? "delivered" : "failed",
            createdAt: eventAt(number),
          },
          ...{ attempts: isDelivered ? 1 : 8, lastAttemptAt: eventAt(number), durationMs: 80 },
          ...{ lastStatus: isDelivered ? 200 : 503, lastError: isDelivered ? null : "HTTP 503" },
        };
      },
    }),
    records({
      ...{ table: "appTokenFetches", length: fetches },
      row: (number) => ({
        ...{ id: idOf("fetch", fetchAt(number).getTime(), number), appId: size.appIds[0] ?? "" },
        ...{ kind: "access_token", at: fetchAt(number), source: "stable_token", requestedBy: "schedule" },
        ...{ latencyMs: 80, generation: number + 1 },
      }),
    }),
    records({
      ...{ table: "alertIncidents", length: incidents },
      row(number) {
        const { appId } = identityOf(size, number % size.people);
        const [openedAt, recoveredAt] = [incidentAt(number), new Date(incidentAt(number).getTime() + 60_000)];
        return {
          ...{ id: idOf("incident", openedAt.getTime(), number), kind: "people_spike", appId },
          ...{ subject: idOf("group", openedAt.getTime(), number % 9), errcode: "40163", people: 12 },
          ...{ openedAt, lastAt: openedAt, toldAt: openedAt, recoveredAt },
        };
      },
    }),
    records({
      ...{ table: "merges", length: merges },
      row(number) {
        const random = new Random(number * 17 + 6);
        return {
          ...{ id: idOf("merge", mergeAt(number).getTime(), number), createdAt: mergeAt(number) },
          fromUserId: idOf("merged", mergeAt(number).getTime(), number),
          intoUserId: identityOf(size, random.below(size.people)).userId,
          operatorId: operatorId(size, random.below(operators)),
        };
      },
    }),
  ];
}

interface Count {
  appId: string;
  endpoint: string;
  errcode: string;
  /** Within a minute. */
  calls: number;
}

/** What is counted, and how often. */
function countsOf(size: Size): Count[] {
  const minutes = 180 * 1440;
  const share = <Kind>(kinds: readonly (readonly [number, Kind])[], wanted: number) =>
    wanted / kinds.reduce((sum, [weight]) => sum + weight, 0);
  return appWeights(size).flatMap(([appWeight, appId]) => {
    const ofApp = share(appWeights(size), appWeight) / minutes;
    const signIns = signInCount(size) * ofApp;
    return [
      ...["sns/oauth2/access_token", "sns/userinfo", "sns/auth"].map((endpoint) => ({
        ...{ appId, endpoint, errcode: "", calls: signIns },
      })),
      ...outcomes.map(([weight, outcome]) => ({
        ...{ appId, endpoint: "sign_in", errcode: outcome, calls: signIns * share(outcomes, weight) },
      })),
      ...failureKinds.map(([weight, [endpoint, errcode]]) => ({
        ...{ appId, endpoint, errcode, calls: size.failures * ofApp * share(failureKinds, weight) },
      })),
    ];
  });
}

/** How far back the overview reads the counts of each length: a range and as long a time before it. */
const counted = { 1: 12 / 24, 15: 124, 1440: 180 } as const;

/** The counts of one length, slot by slot. */
export function* countRows(size: Size, minutes: keyof typeof counted) {
  const counts = countsOf(size);
  const end = Math.floor(size.now.getTime() / 60_000 / minutes);
  for (let slot = end - (counted[minutes] * 1440) / minutes; slot <= end; slot++) {
    const random = new Random(slot * 19 + minutes);
    for (const { calls: often, ...count } of counts) {
      const calls = Math.floor(often * minutes + random.next());
      if (calls > 0) yield { minutes, slot, ...count, calls };
    }
  }
}
