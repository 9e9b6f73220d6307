import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { appTokenKey, appTokenStore } from "../src/domain/tokens/app-token-store.js";
import { keepAppTokensFresh } from "../src/domain/tokens/app-tokens.js";
import { FetchHistory } from "../src/domain/tokens/fetch-history.js";
import { readRequester } from "../src/domain/tokens/requesters.js";
import { createHost, type Host } from "./support/hosts.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

/** Twenty minutes after a midnight in Beijing, at which a day of WeChat's quotas begins. */
const soonAfterMidnight = new Date("2026-11-28T16:20:00Z");

let system: System;
let shop: Host;
let console: Console;
let appId: string;
beforeAll(async () => {
  system = await startSystem({ at: soonAfterMidnight });
  shop = await createHost(system, { scopes: ["tokens", "jssdk"] });
  console = await seedOperator(system, "operator");
  appId = system.officialAccount.appId;
});
afterAll(() => system.close());

interface TokenState {
  state: string;
  generation: number;
  requestedBy: { kind: string; name: string };
  failuresInRow: number;
  lastFailureAt: string;
  retryAt: string;
}
interface AppState {
  appId: string;
  accessToken: TokenState;
  jsapiTicket: TokenState;
}

const keep = () => keepAppTokensFresh(system.app.deps);
const reason = "it stood in a log";
const act = (path: "refreshApp" | "invalidateApp", input: object) =>
  console.mutate<AppState>(`tokens.${path}`, { appId, reason, ...input });
const issued = (kind: "global_token" | "ticket") =>
  system.simulator.tokens().find((one) => one.kind === kind)?.value ?? "";
const shown = async () =>
  (await console.query<{ items: AppState[] }>("tokens.listApps")).data?.items.find(
    (app) => app.appId === appId,
  );

const history = async (kind = "access_token", page: object = {}) => {
  const { data } = await console.query<{ items: Record<string, unknown>[]; nextCursor: string | null }>(
    "tokens.listFetches",
    { appId, kind, ...page },
  );
  return data ?? { items: [], nextCursor: null };
};

const entry = (requestedBy: object, about: object = {}) => ({
  ...{ id: expect.stringMatching(/^[0-9A-Z]{26}$/), at: expect.any(String), source: "stable_token" },
  ...{
    requestedBy,
    latencyMs: expect.any(Number),
    generation: null,
    errcode: null,
    name: null,
    meaning: null,
  },
  ...about,
});
const automatic = { kind: "automatic", name: "" };
const otto = { kind: "operator", name: "otto" };

describe("the history of an app's token", () => {
  it("has one row for each time WeChat was asked, with who asked and what came, newest first", async () => {
    await keep();
    await keep(); // nothing is due, so WeChat is not asked
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    await act("refreshApp", {});
    await act("refreshApp", {});
    system.simulator.endToken(issued("global_token"));
    await shop.call("POST", "/apps/oa/token/invalid", { generation: 1 });

    expect(await history()).toEqual({
      items: [
        entry({ kind: "refused", name: "shop" }, { generation: 2 }),
        entry(otto, { generation: 1 }),
        entry(otto, { errcode: "40164", name: "ip_not_in_allow_list", meaning: expect.any(Object) }),
        entry(automatic, { generation: 1 }),
      ],
      nextCursor: null,
    });
    expect((await shown())?.accessToken).toMatchObject({
      ...{ requestedBy: { kind: "refused", name: "shop" }, generation: 2 },
      ...{ fetchesToday: 4, dailyQuota: 500_000, reportedInvalid: 1, forced: 0 },
    });
  });

  it("goes by pages, and is apart for the ticket and for each app", async () => {
    const { items } = await history();
    const row = { kind: "access_token" as const, source: "stable_token", requestedBy: "schedule" };
    await addRows(system.db, "appTokenFetches", [
      { ...row, id: "of another app", appId: "wx2", at: system.app.deps.now(), latencyMs: 1 },
    ]);
    await shop.call("POST", "/apps/oa/js-sdk-signature", { url: "https://shop.example/" });
    const pages = [await history("access_token", { limit: 3 })];
    pages.push(await history("access_token", { limit: 3, cursor: pages[0]?.nextCursor }));
    expect(pages.flatMap((page) => page.items)).toEqual(items);
    expect(pages[1]?.nextCursor).toBeNull();
    const byShop = entry({ kind: "host", name: "shop" }, { generation: 1, source: "ticket/getticket" });
    expect((await history("jsapi_ticket")).items).toEqual([byShop]);
    const foreign = { appId, kind: "jsapi_ticket", cursor: pages[0]?.nextCursor };
    expect((await console.query("tokens.listFetches", foreign)).status).toBe(400);
  });

  it("counts today's fetches from midnight in Beijing, where WeChat's quotas begin anew", async () => {
    const before = (await shown())?.accessToken;
    const midnight = new Date("2026-11-28T16:00:00Z").getTime();
    const row = { appId, kind: "access_token" as const, source: "stable_token", latencyMs: 1 };
    await addRows(
      system.db,
      "appTokenFetches",
      [-1, 0].map((ms) => ({
        ...{ ...row, id: `at midnight ${ms}`, at: new Date(midnight + ms), requestedBy: "refused:forum" },
      })),
    );
    expect((await shown())?.accessToken).toEqual({ ...before, fetchesToday: 5, reportedInvalid: 3 });
  });

  it("keeps the fetch of a process that another one has overtaken, as lost, and how many milliseconds it took", async () => {
    const now = system.app.deps.now;
    const past = new FetchHistory({ appId: "wx3", kind: "access_token" }, now);
    const store = appTokenStore(system.db, past);
    const key = appTokenKey("wx3", "access_token");
    const record = { version: 1, leaseUntilMs: 0, forcedAtMs: [] };
    expect(await store.replace(key, record)).toBe(true);
    const clock = vi.spyOn(performance, "now").mockReturnValueOnce(70_000.2).mockReturnValueOnce(71_234.8);
    onTestFinished(() => clock.mockRestore());
    await past.note({ source: "stable_token", requestedBy: "operator:kim" }, async () => "a token");
    expect(await store.replace(key, { ...record, version: 3 })).toBe(false);
    expect(await store.replace(key, { ...record, version: 2 })).toBe(true);
    const rows = (await rowsOf(system.db, "appTokenFetches")).filter((row) => row.appId === "wx3");
    expect(rows).toEqual([
      {
        ...{ id: expect.any(String), appId: "wx3", kind: "access_token", at: expect.any(Date) },
        ...{ source: "stable_token", requestedBy: "operator:kim", latencyMs: 1_235 },
        ...{ generation: null, errcode: "LOST_LEASE" },
      },
    ]);
  });

  it("names an operator, a host and the server apart, also as earlier versions stored them", () => {
    expect(["schedule", "olga", "operator:schedule", "host:shop", "refused:a:b"].map(readRequester)).toEqual([
      automatic,
      { kind: "operator", name: "olga" },
      { kind: "operator", name: "schedule" },
      { kind: "host", name: "shop" },
      { kind: "refused", name: "a:b" },
    ]);
  });
});

describe("an operator who invalidates an app's token", () => {
  const generation = async () => (await shown())?.accessToken.generation ?? 0;
  const entries = async () => {
    const details = new Map(
      (await rowsOf(system.db, "auditDetails")).map((row) => [row.auditId, row.detail]),
    );
    return (await rowsOf(system.db, "auditLog"))
      .filter(({ event }) => event === "token.invalidate_app")
      .map(({ id, target, result, errcode }) => [target, result, errcode, details.get(id)]);
  };

  it("gets another one by force where WeChat gives the same one again, once for two clicks [T50]", async () => {
    const before = await generation();
    const value = issued("global_token");
    const answers = await Promise.all([1, 2].map(() => act("invalidateApp", { generation: before })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await generation()).toBe(before + 1);
    expect(issued("global_token")).not.toBe(value);
    expect((await history()).items.slice(0, 2)).toEqual([
      entry(otto, { generation: before + 1, source: "stable_token force_refresh" }),
      entry(otto, { generation: before }),
    ]);
    expect(await entries()).toEqual([1, 2].map(() => [appId, "ok", null, reason]));
  });

  it("does nothing to a later token, and learns when it is too early for another one", async () => {
    const current = await generation();
    expect((await act("invalidateApp", { generation: current - 1 })).data).toMatchObject({ errcode: null });
    expect(await generation()).toBe(current);
    expect((await act("invalidateApp", { generation: current })).data).toMatchObject({
      errcode: "SAME_TOKEN",
      app: { accessToken: { generation: current, forced: 1 } },
    });
    expect((await entries()).at(-1)).toEqual([appId, "refused", "SAME_TOKEN", reason]);
  });

  it("replaces the ticket alone, and needs a reason and an Official Account", async () => {
    const before = await shown();
    const ticket = { kind: "jsapi_ticket", generation: before?.jsapiTicket.generation };
    const { data } = await act("invalidateApp", ticket);
    expect(data).toMatchObject({ app: { accessToken: { generation: before?.accessToken.generation } } });
    expect((await history("jsapi_ticket")).items[0]).toMatchObject({ requestedBy: otto });
    expect((await entries()).at(-1)?.[0]).toBe(`${appId} jsapi_ticket`);
    const statuses = [];
    for (const wrong of [
      { reason: " " },
      { generation: 0 },
      { kind: "secret" },
      { appId: system.website.appId },
    ]) {
      statuses.push((await act("invalidateApp", { generation: 1, ...wrong })).status);
    }
    expect(statuses).toEqual([400, 400, 400, 404]);
  });
});

describe("an app's token that WeChat refuses to give", () => {
  it("is shown with WeChat's words, our address out of them, and when the next try is", async () => {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    const { data } = await act("refreshApp", {});
    const { lastFailureAt, retryAt, failuresInRow } = data?.accessToken ?? {};
    expect(data?.accessToken).toMatchObject({
      ...{
        state: "failing",
        lastErrcode: "40164",
        failuresInRow: expect.any(Number),
        fetchingUntil: null,
        fetchingFor: null,
      },
      errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
      refusedAddress: "203.0.113.7",
    });
    const backoffMs = 1000 * 2 ** ((failuresInRow ?? 0) - 1);
    expect(retryAt).toBe(new Date(Date.parse(lastFailureAt ?? "") + backoffMs).toISOString());
    await act("refreshApp", {});
    expect((await shown())?.accessToken).toMatchObject({
      ...{ state: "fresh", lastErrcode: null, errmsg: null, refusedAddress: null, retryAt: null },
    });
  });

  it("is shown as being fetched while a process holds the lease, with who for if it is the one that answers", async () => {
    const store = appTokenStore(system.db);
    const key = appTokenKey(appId, "access_token");
    const record = await store.read(key);
    if (!record) throw new Error("the app has a token");
    const until = system.app.deps.now().getTime() + 10_000;
    const lease = { ...record, version: record.version + 1, leaseUntilMs: until };
    expect(await store.replace(key, lease)).toBe(true);
    // Which process that is, and who it asks for, only that one knows.
    expect((await shown())?.accessToken).toMatchObject({
      ...{ fetchingUntil: new Date(until).toISOString(), fetchingFor: null },
    });
    const { tokenRequesters } = system.app.deps;
    const meanwhile = await tokenRequesters.during(key, "operator:night-shift", () =>
      tokenRequesters.fetching(key, shown),
    );
    expect(meanwhile?.accessToken).toMatchObject({ fetchingFor: { kind: "operator", name: "night-shift" } });
    expect((await shown())?.accessToken).toMatchObject({ fetchingFor: null });
    system.advance(11);
    expect((await shown())?.accessToken).toMatchObject({ fetchingUntil: null, fetchingFor: null });
  });
});
