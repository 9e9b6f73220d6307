import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listAppTokenStates } from "../src/domain/console/app-tokens.js";
import { explanationOf } from "../src/domain/console/view.js";
import { unixDay } from "../src/domain/hosts/hand-outs.js";
import { appTokenKey } from "../src/domain/tokens/app-token-store.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";

let harness: DomainHarness;
let deps: DomainHarness["deps"];
beforeEach(async () => {
  harness = await startDomainHarness();
  // 18:00 in Beijing, where WeChat's quotas begin anew at midnight.
  harness.advance((Date.parse("2027-05-04T10:00:00.000Z") - harness.deps.now().getTime()) / 1000);
  deps = harness.deps;
});
afterEach(() => harness.close());

const dayMs = 86_400_000;
const after = (ms: number) => new Date(deps.now().getTime() + ms);
const stateOf = async (key: string) => (await listAppTokenStates(deps)).find((app) => app.key === key);

describe("an app's token in the console", () => {
  it("has its failure, its fetches and its hand-outs of a day, and its lease to the millisecond", async () => {
    const { appId } = harness.app("oa");
    const token = { appId, kind: "access_token" as const, source: "stable_token" };
    await addRows(deps.db, "appTokens", [
      {
        ...{
          ...token,
          token: "sealed",
          fingerprint: "0123456789ab",
          generation: 7,
          requestedBy: "host:shop",
        },
        ...{ fetchedAt: after(-1000), expiresAt: after(7_199_000), leaseUntil: after(1) },
        ...{ lastFailureAt: after(-60_000), lastErrcode: "40164", failuresInRow: 2, retryAt: after(4) },
        forcedAt: JSON.stringify([-1, 0, 1].map((ms) => after(ms - dayMs).getTime())),
      },
    ]);
    const errmsg = "invalid ip 203.0.113.7, not in whitelist";
    const call = { appId, endpoint: "cgi-bin/stable_token", attempt: 1, latencyMs: 5 };
    await addRows(deps.db, "apiFailures", [
      { ...call, id: "refused", at: after(-120_000), errcode: "40164", errmsg },
    ]);
    await addRows(
      deps.db,
      "appTokenFetches",
      [
        { at: after(-dayMs - 1), requestedBy: "refused:shop" },
        { at: after(-dayMs), requestedBy: "refused:shop" },
        { at: after(-dayMs), requestedBy: "schedule" },
        { at: after(-1000), requestedBy: "refused:forum" },
        { at: after(-1000), requestedBy: "host:shop" },
        // Of another app: not counted.
        { at: after(-1000), requestedBy: "refused:shop", appId: harness.app("plain").appId },
      ].map((fetch, n) => ({ id: `fetch ${n}`, ...token, ...fetch, latencyMs: 5 })),
    );
    const handOut = { kind: "access_token" as const, clientId: "shop", count: 3, lastAt: after(-5) };
    await addRows(deps.db, "handOuts", [
      { ...handOut, appId, day: unixDay(deps.now()) },
      { ...handOut, appId, day: unixDay(deps.now()) - 1 },
      { ...handOut, appId: harness.app("plain").appId, day: unixDay(deps.now()), count: 9 },
    ]);
    const key = appTokenKey(appId, "access_token");
    const shown = () =>
      deps.tokenRequesters.during(key, "operator:otto", () =>
        deps.tokenRequesters.fetching(key, () => stateOf("oa")),
      );
    const none = {
      ...{ state: "none", source: "ticket/getticket", fingerprint: null, generation: 0, fetchedAt: null },
      ...{ expiresAt: null, requestedBy: null, fetchingUntil: null, fetchingFor: null, fetchesToday: 0 },
      ...{ dailyQuota: null, reportedInvalid: 0, forced: 0, lastFailureAt: null, lastErrcode: null },
      ...{ failuresInRow: 0, retryAt: null, errmsg: null, refusedAddress: null, explanation: null },
    };
    const accessToken = {
      ...{ state: "failing", source: "stable_token", fingerprint: "0123456789ab", generation: 7 },
      ...{
        fetchedAt: after(-1000),
        expiresAt: after(7_199_000),
        requestedBy: { kind: "host", name: "shop" },
      },
      ...{ fetchingUntil: after(1), fetchingFor: { kind: "operator", name: "otto" } },
      ...{ fetchesToday: 2, dailyQuota: 500_000, reportedInvalid: 2, forced: 1 },
      ...{ lastFailureAt: after(-60_000), lastErrcode: "40164", failuresInRow: 2, retryAt: after(4) },
      ...{
        errmsg,
        refusedAddress: "203.0.113.7",
        explanation: explanationOf("40164", "cgi-bin/stable_token"),
      },
    };
    const app = { appId, key: "oa", kind: "official_account", handedOutToday: [handOut] };
    expect(await shown()).toEqual({ ...app, accessToken, jsapiTicket: none });
    harness.advance(0.001);
    expect((await shown())?.accessToken).toMatchObject({ fetchingUntil: null, fetchingFor: null });

    expect(await stateOf("alone")).toMatchObject({ handedOutToday: [], accessToken: { state: "none" } });
    expect(await stateOf("web")).toMatchObject({ accessToken: null, jsapiTicket: null });
  });

  it.each([
    [-1, 0, "expired"],
    [0, 0, "expired"],
    [1, 0, "near_expiry"],
    [120_000, 0, "near_expiry"],
    [120_001, 0, "fresh"],
    [null, 0, "none"],
    [7_200_000, 1, "failing"],
    [-1, 2, "failing"],
  ])(
    "that expires in %s ms after %i failures is %s, whatever the ticket is",
    async (leftMs, failuresInRow, state) => {
      const row = { appId: harness.app("oa").appId, kind: "access_token" as const, source: "stable_token" };
      const expiresAt = leftMs === null ? null : after(leftMs);
      await addRows(deps.db, "appTokens", [
        { ...row, generation: 3, failuresInRow, expiresAt },
        { ...row, kind: "jsapi_ticket", generation: 9, failuresInRow: 7, expiresAt: after(7_200_000) },
      ]);
      expect((await stateOf("oa"))?.accessToken).toMatchObject({ state, generation: 3, errmsg: null });
    },
  );

  it.each([
    ["invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist", "203.0.113.7"],
    ["invalid ip 2001:db8::7 ipv6 2001:db8::7, not in whitelist", "2001:db8::7"],
    ["invalid ip, not in whitelist", null],
  ])("that WeChat refuses with %j has our address out of it: %s", async (errmsg, refusedAddress) => {
    const { appId } = harness.app("oa");
    const failure = { appId, endpoint: "cgi-bin/stable_token", attempt: 1, latencyMs: 5 };
    const token = { appId, kind: "access_token" as const, source: "stable_token", generation: 3 };
    await addRows(deps.db, "appTokens", [
      { ...token, failuresInRow: 1, lastFailureAt: after(-1), lastErrcode: "40164" },
    ]);
    await addRows(deps.db, "apiFailures", [
      { ...failure, id: "refused", at: after(-1), errcode: "40164", errmsg },
    ]);
    expect((await stateOf("oa"))?.accessToken).toMatchObject({ errmsg, refusedAddress });
  });

  it("has none of what WeChat said of the ticket, which has its own remedy, and no text where WeChat sent none", async () => {
    const { appId } = harness.app("oa");
    const failed = { failuresInRow: 1, lastFailureAt: after(-1), lastErrcode: "40001", generation: 3 };
    const token = { appId, kind: "access_token" as const, source: "stable_token", ...failed };
    await addRows(deps.db, "appTokens", [
      token,
      { ...token, kind: "jsapi_ticket", source: "ticket/getticket" },
    ]);
    const call = { appId, at: after(-1), errcode: "40001", attempt: 1, latencyMs: 5 };
    await addRows(deps.db, "apiFailures", [
      { ...call, id: "1", endpoint: "cgi-bin/stable_token", errmsg: "" },
      { ...call, id: "2", endpoint: "cgi-bin/ticket/getticket", errmsg: "of the ticket" },
    ]);
    expect(await stateOf("oa")).toMatchObject({
      accessToken: { errmsg: null, explanation: explanationOf("40001", "cgi-bin/stable_token") },
      jsapiTicket: {
        errmsg: "of the ticket",
        explanation: explanationOf("40001", "cgi-bin/ticket/getticket"),
      },
    });
  });
});
