import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chartBars } from "../src/domain/console/chart-bars.js";
import { getChecklist } from "../src/domain/console/checklist.js";
import { getBars, getOverview } from "../src/domain/console/overview.js";
import type { Deps } from "../src/domain/deps.js";
import type { OperatorContext } from "../src/trpc/context.js";
import { router } from "../src/trpc/operator-router.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";
import { seedFailure, seedPerson } from "./support/seed.js";

let harness: DomainHarness;
let deps: Deps;
beforeEach(async () => {
  harness = await startDomainHarness();
  const settings = { ...harness.deps.settings, usesSimulator: true };
  deps = { ...harness.deps, settings, now: () => new Date("2026-03-01T12:00:30Z") };
});
afterEach(() => harness.close());

const at = (time: string, year = 2026) => new Date(`${year}-${time}Z`);
const [one, other] = ["wx1111111111111111", "wx2222222222222222"];

async function count(
  counts: readonly [time: string, appId: string, endpoint: string, errcode: string, calls: number][],
) {
  for (const [time, appId, endpoint, errcode, calls] of counts) {
    for (let n = 0; n < calls; n++) deps.callCounts.add(at(time), appId, endpoint, errcode);
  }
  await deps.callCounts.flush(deps.db);
}

const nothing = { signIns: {}, calls: 0, failedCalls: 0 };

describe("the overview of a range", () => {
  it("sums calls and ended sign-ins by bar, in all, and for as long before, of all apps or of one", async () => {
    await count([
      ["02-28T07:59:59", one, "sign_in", "signed_in", 50], // before what is compared with
      ["02-28T09:59:59", one, "sign_in", "signed_in", 2],
      ["02-28T10:00:00", one, "sign_in", "failed", 1],
      ["02-28T10:14:59", one, "sns/oauth2/access_token", "", 3],
      ["02-28T10:15:00", one, "sns/oauth2/access_token", "40163", 1],
      ["02-28T11:59:59", other, "sign_in", "signed_in", 4],
      ["02-28T12:00:00", other, "sign_in", "bound", 60], // after the range
    ]);
    // The same in two flushes, as it comes.
    await count([["02-28T10:00:59", one, "sign_in", "failed", 1]]);
    const range = { from: at("02-28T10:00:00"), to: at("02-28T12:00:00"), offsetMinutes: 0 };

    const all = await getOverview(deps, range);
    expect({
      ...all,
      bars: all.bars.filter(({ calls, signIns }) => calls || Object.keys(signIns).length),
    }).toEqual({
      from: at("02-28T10:00:00"),
      to: at("02-28T12:00:00"),
      barMinutes: 5,
      bars: [
        { at: at("02-28T10:00:00"), signIns: { failed: 2 }, calls: 0, failedCalls: 0 },
        { at: at("02-28T10:10:00"), signIns: {}, calls: 3, failedCalls: 0 },
        { at: at("02-28T10:15:00"), signIns: {}, calls: 1, failedCalls: 1 },
        { at: at("02-28T11:55:00"), signIns: { signed_in: 4 }, calls: 0, failedCalls: 0 },
      ],
      totals: { signIns: { failed: 2, signed_in: 4 }, calls: 4, failedCalls: 1 },
      before: { ...nothing, signIns: { signed_in: 2 } },
      newPeople: { count: 0, more: false },
      affected: { count: 0, more: false },
    });
    expect(all.bars.map(({ at }) => at.toISOString().slice(11, 16)).slice(0, 3)).toEqual([
      "10:00",
      "10:05",
      "10:10",
    ]);
    expect(all.bars).toHaveLength(24);

    const { totals, before, newPeople } = await getOverview(deps, { ...range, appId: other });
    expect({ totals, before, newPeople }).toEqual({
      totals: { ...nothing, signIns: { signed_in: 4 } },
      before: nothing,
      newPeople: null,
    });
  });

  it("has its bars alone for a list, of one endpoint and errcode where the list is", async () => {
    await count([
      ["02-28T10:00:00", one, "sign_in", "failed", 1],
      ["02-28T10:00:30", one, "sns/oauth2/access_token", "40163", 2],
      ["02-28T10:00:30", one, "sns/userinfo", "40163", 4],
      ["02-28T10:00:30", one, "sns/userinfo", "40001", 8],
      ["02-28T10:00:30", other, "sns/userinfo", "40163", 16],
    ]);
    const range = { from: at("02-28T10:00:00"), to: at("02-28T10:02:00"), offsetMinutes: 0 };
    const { bars, ...all } = await getBars(deps, range);
    expect(all).toEqual({ from: range.from, to: range.to, barMinutes: 1 });
    expect(bars).toEqual([
      { at: range.from, signIns: { failed: 1 }, calls: 30, failedCalls: 30 },
      { at: at("02-28T10:01:00"), ...nothing },
    ]);
    const kind = { endpoint: "sns/userinfo", errcode: "40163" };
    const [ofKind] = (await getBars(deps, { ...range, ...kind, appId: one })).bars;
    expect(ofKind).toEqual({ at: range.from, signIns: {}, calls: 4, failedCalls: 4 });
  });

  it("begins a day at the midnight of the operator's clock, and counts a longer range by days of UTC", async () => {
    await count([
      ["02-09T15:59:59", one, "sign_in", "signed_in", 1],
      ["02-09T16:00:00", one, "sign_in", "signed_in", 20],
      ["02-10T15:59:59", one, "sign_in", "signed_in", 300],
    ]);
    const daysOf = async (from: Date) => {
      const { barMinutes, bars } = await getOverview(deps, {
        from,
        to: at("02-28T00:00:00"),
        offsetMinutes: 480,
      });
      const filled = bars.filter(({ signIns }) => signIns.signed_in);
      return [barMinutes, ...filled.map(({ at, signIns }) => [at.toISOString(), signIns.signed_in])];
    };
    expect(await daysOf(at("02-01T00:00:00"))).toEqual([
      1440,
      ["2026-02-08T16:00:00.000Z", 1],
      ["2026-02-09T16:00:00.000Z", 320],
    ]);
    expect(await daysOf(new Date("2025-10-01T00:00:00Z"))).toEqual([
      10_080,
      ["2026-02-05T00:00:00.000Z", 321],
    ]);
  });

  it("counts the people who came in it, blocked ones included, and whom its failures affect", async () => {
    const about = { appId: one, nickname: "Alice" };
    await seedPerson(deps.db, { ...about, at: at("02-28T09:59:59"), openid: "before" });
    await seedPerson(deps.db, { ...about, at: at("02-28T10:00:00"), openid: "first" });
    await seedPerson(deps.db, { ...about, at: at("02-28T11:59:59"), openid: "last", status: "blocked" });
    await seedPerson(deps.db, { ...about, at: at("02-28T12:00:00"), openid: "after" });
    const failed = { endpoint: "sns/userinfo", errcode: "40001" };
    for (const [time, appId, openid] of [
      ["02-28T09:59:59", one, "too early"],
      ["02-28T10:30:00", one, "first"],
      ["02-28T10:31:00", one, "first"],
      // The same text in two apps is two people.
      ["02-28T10:32:00", other, "first"],
    ] as const) {
      await seedFailure(deps.db, { ...failed, at: at(time), appId, openid });
    }
    const range = { from: at("02-28T10:00:00"), to: at("02-28T12:00:00"), offsetMinutes: 0 };
    const all = await getOverview(deps, range);
    expect([all.newPeople, all.affected]).toEqual([
      { count: 2, more: false },
      { count: 2, more: false },
    ]);
    expect((await getOverview(deps, { ...range, appId: one })).affected).toEqual({ count: 1, more: false });
    const newPeopleOf = async (mostPeople: number) =>
      (await getOverview(deps, range, { mostPeople })).newPeople;
    expect(await newPeopleOf(2)).toEqual({ count: 2, more: false });
    expect(await newPeopleOf(1)).toEqual({ count: 1, more: true });
  });

  it("says that its failures affect at least so many people once they are more than one request reads [T101]", async () => {
    const failed = { appId: one, endpoint: "sns/userinfo", errcode: "40001" };
    for (const [minute, openid] of ["Ann", "Ben", "Cat", "Cat"].entries()) {
      await seedFailure(deps.db, { ...failed, at: at(`02-28T10:0${minute}:00`), openid });
    }
    const range = { from: at("02-28T10:00:00"), to: at("02-28T12:00:00"), offsetMinutes: 0 };
    const affectedOf = async (maxReadRows: number) =>
      (await getOverview(deps, range, { maxReadRows })).affected;
    expect(await affectedOf(4)).toEqual({ count: 3, more: false });
    expect(await affectedOf(3)).toEqual({ count: 2, more: true });
    expect(await affectedOf(2)).toEqual({ count: 1, more: true });
  });
});

describe("the bars of a chart", () => {
  const bars = (from: Date | undefined, offsetMinutes = 0, to?: Date) => {
    const { read, before, ...chart } = chartBars({ from, to, offsetMinutes }, deps.now());
    return [chart.from.toISOString(), chart.barMinutes, chart.length, read.minutes];
  };
  it.each([
    ["15 minutes", at("03-01T11:45:00"), 0, ["2026-03-01T11:45:00.000Z", 1, 16, 1]],
    ["an hour", at("03-01T11:00:30"), 0, ["2026-03-01T11:00:00.000Z", 1, 61, 1]],
    ["a day", at("02-28T12:00:00"), 0, ["2026-02-28T12:00:00.000Z", 60, 25, 15]],
    ["ten hours", at("03-01T02:00:00"), 0, ["2026-03-01T02:00:00.000Z", 15, 41, 15]],
    ["a day in Kathmandu", at("02-28T12:00:00"), 345, ["2026-02-28T11:15:00.000Z", 60, 25, 15]],
    [
      "a day where the clocks are 353 min ahead",
      at("02-28T12:00:00"),
      353,
      ["2026-02-28T12:00:00.000Z", 60, 25, 15],
    ],
    ["a week in Shanghai", at("02-22T12:00:00"), 480, ["2026-02-22T10:00:00.000Z", 360, 29, 15]],
    ["30 days in Shanghai", at("01-30T12:00:00"), 480, ["2026-01-29T16:00:00.000Z", 1440, 31, 15]],
    ["32 days", at("01-28T12:00:30"), 0, ["2026-01-28T00:00:00.000Z", 1440, 33, 15]],
    ["32 days and a second", at("01-28T12:00:29"), 0, ["2026-01-28T00:00:00.000Z", 1440, 33, 1440]],
    ["two years", at("03-01T00:00:00", 2024), 0, ["2024-02-29T00:00:00.000Z", 10_080, 105, 1440]],
    ["all time", undefined, 480, ["2025-11-27T00:00:00.000Z", 10_080, 14, 1440]],
    [
      "a range that ends before it begins",
      at("03-02T00:00:00"),
      0,
      ["2025-11-27T00:00:00.000Z", 10_080, 14, 1440],
    ],
  ] as const)("of %s are at most about sixty", (_, from, offset, expected) => {
    expect(bars(from, offset)).toEqual(expected);
  });

  it("end now at the latest, and begin as those of all time where the range is empty", () => {
    const hour = at("03-01T11:00:30");
    expect(bars(hour, 0, at("03-05T00:00:00"))).toEqual(bars(hour));
    expect(bars(hour, 0, hour)).toEqual(bars(undefined, 0, hour));
  });

  it("are compared with as many before them", () => {
    const { read, before } = chartBars({ from: at("02-28T12:00:00"), offsetMinutes: 0 }, deps.now());
    expect(before).toEqual({ ...read, firstUnit: read.firstUnit - 97, endUnit: read.firstUnit });
    expect(read.endUnit - read.firstUnit).toBe(97);
  });
});

describe("the checklist", () => {
  const done = async (of = deps) =>
    (await getChecklist(of)).items.filter((item) => item.done).map(({ id }) => id);

  it("says of a new system on the simulator that nothing is done", async () => {
    expect((await getChecklist(deps)).items).toEqual([
      { id: "real_wechat", done: false },
      { id: "https", done: false },
      { id: "secret_accepted", done: false },
      { id: "first_sign_in", done: false },
      { id: "second_owner", done: false },
    ]);
  });

  it("says what is done by and by; a disabled owner and an operator do not count as a second owner", async () => {
    const operator = { status: "active", passwordHash: "x", createdAt: at("02-01T00:00:00") } as const;
    await addRows(deps.db, "operators", [
      { ...operator, id: "a", username: "ann", role: "owner" },
      { ...operator, id: "b", username: "ben", role: "owner", status: "disabled" },
      { ...operator, id: "c", username: "cem", role: "operator" },
    ]);
    await harness.startSignIn();
    expect(await done()).toEqual([]);
    await harness.signIn();
    expect(await done()).toEqual(["first_sign_in"]);
    await addRows(deps.db, "operators", [{ ...operator, id: "d", username: "dan", role: "owner" }]);
    const settings = {
      ...deps.settings,
      usesSimulator: false,
      publicUrl: new URL("https://login.example.com"),
    };
    expect(await done({ ...deps, settings })).toEqual([
      "real_wechat",
      "https",
      "first_sign_in",
      "second_owner",
    ]);
    expect(await done({ ...deps, settings, apps: { ...deps.apps, all: [harness.app("web")] } })).toEqual([
      ...["real_wechat", "https", "secret_accepted", "first_sign_in", "second_owner"],
    ]);
  });

  it("has the secret accepted once every app has a token that is not over, also one that is soon, whatever the tickets are", async () => {
    const now = deps.now();
    const token = (key: string, leftSeconds: number, about: object = {}) => ({
      ...{ appId: harness.app(key).appId, kind: "access_token" as const, source: "stable_token" },
      ...{
        generation: 1,
        failuresInRow: 0,
        expiresAt: new Date(now.getTime() + leftSeconds * 1000),
        ...about,
      },
    });
    const isAccepted = async (...keys: string[]) =>
      (await done({ ...deps, apps: { ...deps.apps, all: keys.map((key) => harness.app(key)) } })).includes(
        "secret_accepted",
      );
    await addRows(deps.db, "appTokens", [
      token("oa", 3600),
      token("oa", -1, { kind: "jsapi_ticket", failuresInRow: 1 }),
      token("plain", 60),
      token("alone", 3600, { failuresInRow: 1 }),
    ]);
    expect(await isAccepted("oa", "web", "plain")).toBe(true);
    expect(await isAccepted("oa", "web", "alone")).toBe(false);
    await addRows(deps.db, "appTokens", [token("web", -1)]);
    expect(await isAccepted("web", "oa")).toBe(true);
  });
});

describe("what the console asks of the overview", () => {
  it("is answered for the app, the range, the clock, the endpoint and the errcode that it names", async () => {
    await count([
      ["02-27T20:00:00", one, "sign_in", "signed_in", 2],
      ["02-28T10:00:00", one, "sns/userinfo", "40001", 1],
      ["02-28T11:00:00", one, "sns/userinfo", "40163", 3],
      ["02-28T12:00:00", other, "sns/oauth2/access_token", "40001", 4],
    ]);
    const operator = { id: "01OPERATOR", username: "vera", role: "viewer", mustEnrol: false };
    const { overview } = router.createCaller({ deps, visitor, operator } as unknown as OperatorContext);
    const texts = { from: "2026-02-20T00:00:00Z", to: "2026-03-01T00:00:00Z", offsetMinutes: 480 };
    const whole = { ...texts, from: at("02-20T00:00:00"), to: at("03-01T00:00:00") };
    const [all, bars] = [await overview.get(texts), await overview.bars(texts)];
    expect([all, bars]).toEqual([await getOverview(deps, whole), await getBars(deps, whole)]);

    const others = [{ appId: one }, { offsetMinutes: 0 }, { to: "2026-02-28T11:30:00Z" }];
    const read = ({ to, ...other }: { to?: string; endpoint?: string; errcode?: string }) => ({
      ...whole,
      ...other,
      ...(to && { to: new Date(to) }),
    });
    for (const other of others) {
      const answer = await overview.get({ ...texts, ...other });
      expect(answer, JSON.stringify(other)).toEqual(await getOverview(deps, read(other)));
      expect(answer, JSON.stringify(other)).not.toEqual(all);
    }
    for (const other of [...others, { endpoint: "sns/userinfo" }, { errcode: "40001" }]) {
      const answer = await overview.bars({ ...texts, ...other });
      expect(answer, JSON.stringify(other)).toEqual(await getBars(deps, read(other)));
      expect(answer, JSON.stringify(other)).not.toEqual(bars);
    }
  });
});
