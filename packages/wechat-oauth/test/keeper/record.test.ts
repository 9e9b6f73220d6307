import { describe, expect, it } from "vitest";
import { KnownToken } from "../../src/keeper/known-token.js";
import {
  addForcedRefresh,
  emptyRecord,
  isInBackoff,
  isLeased,
  isYoung,
  refreshTime,
  withFailure,
  withinDay,
  withToken,
} from "../../src/keeper/record.js";
import type { StoredToken, TokenRecord } from "../../src/keeper/store.js";
import { classicTokenSource, jsapiTicketSource, stableTokenSource } from "../../src/keeper.js";
import { appId, clientAnswering } from "../fake-wechat.js";

const now = 1_700_000_000_000;
const [second, minute, day] = [1000, 60_000, 86_400_000];
const token: StoredToken = {
  sealed: "s",
  fingerprint: "f",
  generation: 3,
  fetchedAtMs: now,
  expiresAtMs: now + 7200 * second,
  refreshAtMs: now + 6900 * second,
};

describe("the record after a failure", () => {
  it("waits 1, 2, 4, 8, 16, 32 and then always 60 s, releases the lease and keeps the token", () => {
    let record: TokenRecord = { version: 7, leaseUntilMs: now + 5000, token, forcedAtMs: [now - 1] };
    for (const [index, seconds] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
      record = withFailure(record, "40164", now + index);
      expect(record).toEqual({
        version: 8 + index,
        leaseUntilMs: 0,
        token,
        failure: {
          reason: "40164",
          failuresInRow: index + 1,
          failedAtMs: now + index,
          retryAtMs: now + index + seconds * second,
        },
        forcedAtMs: [now - 1],
      });
    }
  });
});

describe("the record after a success", () => {
  it("has no failure and no lease, and keeps the forced refreshes", () => {
    const failed = withFailure({ ...emptyRecord, forcedAtMs: [now - 1] }, "TIMEOUT", now);
    expect(withToken({ ...failed, leaseUntilMs: now + 1 }, token)).toEqual({
      version: 2,
      leaseUntilMs: 0,
      token,
      forcedAtMs: [now - 1],
    });
  });
});

describe("a time until which something holds", () => {
  const leaseMs = 10_000;
  const failedUntil = (retryAtMs: number): TokenRecord => ({
    ...emptyRecord,
    failure: { reason: "x", failuresInRow: 1, failedAtMs: 0, retryAtMs },
  });

  it.each<[string, (aheadMs: number) => boolean, number]>([
    ["a lease", (ms) => isLeased({ ...emptyRecord, leaseUntilMs: now + ms }, now, leaseMs), 2 * leaseMs],
    ["a backoff", (ms) => isInBackoff(failedUntil(now + ms), now), 2 * minute],
    ["youth", (ms) => isYoung({ fetchedAtMs: now + ms - 5 * minute }, now), 10 * minute],
  ])(
    "ends at that millisecond, and counts up to twice its length because clocks differ: %s",
    (_of, holds, longest) => {
      expect([-1, 0, 1, longest, longest + 1].map(holds)).toEqual([false, false, true, true, false]);
    },
  );

  it("is absent in a record without a failure", () => {
    expect(isInBackoff(emptyRecord, now)).toBe(false);
  });
});

describe("a forced refresh", () => {
  it("is possible after gaps of 1, 2, 4, 8 … minutes, and not a millisecond earlier", () => {
    let forcedAtMs: readonly number[] = addForcedRefresh(emptyRecord, now) ?? [];
    expect(forcedAtMs).toEqual([now]);
    for (const minutes of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) {
      const at = Number(forcedAtMs.at(-1)) + minutes * minute;
      expect(addForcedRefresh({ ...emptyRecord, forcedAtMs }, at - 1)).toBeUndefined();
      const next = addForcedRefresh({ ...emptyRecord, forcedAtMs }, at);
      expect(next).toEqual([...forcedAtMs, at]);
      forcedAtMs = next ?? [];
    }
  });

  it("is counted for 24 hours, by a clock that may be ahead, once each and in order", () => {
    const moments = [now, now - day, now - day + 1, now + day - 1, now + day, now, now - 5];
    expect(withinDay(moments, now)).toEqual([now - day + 1, now - 5, now, now + day - 1]);
    expect(addForcedRefresh({ ...emptyRecord, forcedAtMs: [now - day] }, now)).toEqual([now]);
    // A moment in the future comes from a wrong clock: it delays nothing by itself.
    expect(addForcedRefresh({ ...emptyRecord, forcedAtMs: [now + minute] }, now)).toEqual([
      now + minute,
      now,
    ]);
  });
});

describe("the time of the next fetch", () => {
  it.each([
    // lifetime in s, ahead in s, random, seconds before the expiry
    [7200, 290, 0, 290],
    [7200, 290, 1, 203],
    [7200, 300, 0.5, 255],
    [600, 300, 0, 300],
    [599, 300, 0, 299.5],
    [100, 300, 0, 50],
    [100, 300, 1, 35],
    [100, 0, 0, 0],
  ])(
    "is for a lifetime of %i s, %i s ahead, with random %d: %d s before the expiry",
    (lifetime, aheadSeconds, random, before) => {
      const expiresAtMs = now + lifetime * second;
      expect(refreshTime({ startedAtMs: now, expiresAtMs, aheadSeconds, random })).toBe(
        expiresAtMs - before * second,
      );
    },
  );
});

describe("the known token", () => {
  const clock = { now: () => now, monotonic: () => 0, after: () => () => {} };

  it.each<[string, Partial<StoredToken>, number | undefined, boolean]>([
    ["a newer one", { generation: 4 }, undefined, true],
    ["the same one", {}, undefined, true],
    ["one of an emptied store that was fetched later", { generation: 2, fetchedAtMs: now + 1 }, 3, true],
    ["one of an emptied store that was fetched at the same time", { generation: 2 }, 3, false],
    ["one of an emptied store that was fetched earlier", { generation: 2, fetchedAtMs: now - 1 }, 3, false],
    ["an older one of a read that began before", { generation: 2, fetchedAtMs: now + 1 }, 2, false],
  ])("is replaced or kept when the store returns %s", (_which, fields, knownGeneration, isAdopted) => {
    const known = new KnownToken(clock);
    known.update(token, "first");
    const found = { ...token, sealed: "t", ...fields };
    expect(known.update(found, "second", knownGeneration)).toBe(isAdopted);
    const isSame = found.generation === token.generation && found.fetchedAtMs === token.fetchedAtMs;
    expect(known.latest?.value).toBe(isAdopted && !isSame ? "second" : "first");
  });
});

describe("a source", () => {
  const { client } = clientAnswering([{ access_token: "T", expires_in: 7000, ticket: "t" }]);
  const tokens = { use: <T>(call: (token: never) => Promise<T>) => call("61_used" as never) };

  it.each([
    ["stable_token", stableTokenSource(client), "T", 290, true],
    ["token", classicTokenSource(client), "T", undefined, false],
    ["jsapi_ticket", jsapiTicketSource(client, tokens), "t", undefined, false],
  ])(
    "has a key, a value with its lifetime in seconds, and its own time ahead: %s",
    async (name, source, value, ahead, canForce) => {
      expect(source.key).toBe(`${appId}:${name}`);
      expect(await source.fetch()).toEqual({ value, expiresInSeconds: 7000 });
      expect(source.refreshAheadSeconds).toBe(ahead);
      expect(source.force !== undefined).toBe(canForce);
    },
  );
});
