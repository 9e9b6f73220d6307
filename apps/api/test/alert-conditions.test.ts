import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ErrorGroupState } from "../src/db/schema/wechat-calls.js";
import { type OpenIncident, readConditions } from "../src/domain/alerts/conditions.js";
import { newId } from "../src/domain/ids.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";

let harness: DomainHarness;
let appId: string;
/** The beginning of a quarter of an hour. */
const start = Date.parse("2027-05-04T02:00:00.000Z");
beforeEach(async () => {
  harness = await startDomainHarness();
  harness.advance((start - harness.deps.now().getTime()) / 1000);
  appId = harness.app("oa").appId;
});
afterEach(() => harness.close());

const quarterMinutes = 15;
const ago = (minutes: number) => new Date(harness.deps.now().getTime() - minutes * 60_000);
const open = (kind: OpenIncident["kind"], subject: string, minutesAgo: number): OpenIncident => ({
  ...{ kind, subject, openedAt: ago(minutesAgo), percent: null },
});
const conditions = (...incidents: OpenIncident[]) => readConditions(harness.deps, incidents);

interface GivenGroup {
  /** When it failed first, in minutes before now. */
  age?: number;
  /** How often it failed in a quarter of an hour, by how many minutes ago that was. */
  failed: Record<number, number>;
  /** People whom it affected, by how many minutes ago that was. */
  affected?: Record<number, number>;
  state?: ErrorGroupState;
  resolvedAt?: Date;
  mutedUntil?: Date;
}

let groups = 0;
/** An error group of endpoint sns/userinfo. Each has an errcode of its own. */
async function addGroups(...given: GivenGroup[]) {
  const ids = given.map(({ age = 180 }) => newId(ago(age)));
  const named = given.map((group, index) => ({
    ...group,
    id: ids[index] as string,
    errcode: String(++groups),
  }));
  await addRows(
    harness.db,
    "errorGroups",
    named.map(({ id, errcode, state = "open", resolvedAt = null, mutedUntil = null }) => ({
      ...{ id, appId, endpoint: "sns/userinfo", errcode, state, resolvedAt, mutedUntil },
    })),
  );
  const counts = named.flatMap(({ id, failed }) =>
    Object.entries(failed).map(([minutes, events]) => {
      const at = ago(Number(minutes));
      const slot = Math.floor(at.getTime() / (quarterMinutes * 60_000));
      return { groupId: id, minutes: quarterMinutes, slot, events, unnamed: 0, firstAt: at, lastAt: at };
    }),
  );
  await addRows(harness.db, "errorGroupCounts", counts);
  const people = named.flatMap(({ id, affected = {} }) =>
    Object.entries(affected).flatMap(([minutes, count]) =>
      Array.from({ length: count }, (_, n) => ({
        ...{ groupId: id, who: `oPerson${minutes}-${n}`, lastAt: ago(Number(minutes)) },
      })),
    ),
  );
  if (people.length > 0) await addRows(harness.db, "errorGroupPeople", people);
  return named.map(({ id, errcode }) => ({
    id,
    about: { appId, endpoint: "sns/userinfo", errcode, isQuiet: false },
  }));
}
const addGroup = async (given: GivenGroup) => {
  const [group] = await addGroups(given);
  if (!group) throw new Error("no group was added");
  return group;
};

describe("the condition of an error group", () => {
  it("that an incident is open about is found however many groups fail more often", async () => {
    const loud: GivenGroup = { failed: { 1: 9 } };
    await addGroups(...Array.from({ length: 200 }, () => loud));
    const quiet = { failed: { 1: 2 }, affected: { 1: 1 } };
    const resolvedAt = ago(30);
    const [isNew, regressed, spike, another] = await addGroups(
      quiet,
      { ...quiet, state: "resolved", resolvedAt },
      { failed: { 1: 7 }, affected: { 1: 10 } },
      { failed: { 1: 8 }, age: 10 },
    );
    if (!isNew || !regressed || !spike || !another) throw new Error("groups are missing");
    const subject = `${regressed.id}@${resolvedAt.getTime()}`;
    const incidents = [
      open("group_new", isNew.id, 5),
      open("group_regressed", subject, 5),
      open("people_spike", spike.id, 5),
    ];
    expect(await conditions(...incidents)).toEqual([
      { ...spike.about, kind: "people_spike", subject: spike.id, people: 10, events: 7 },
      { ...isNew.about, kind: "group_new", subject: isNew.id, people: 1, events: 2 },
      { ...regressed.about, kind: "group_regressed", subject, people: 1, events: 2 },
    ]);
  });

  it("is not hidden by 200 muted or resolved ones that fail more often", async () => {
    await addGroups(
      ...Array.from({ length: 100 }, (): GivenGroup => ({ failed: { 1: 9 }, state: "muted" })),
      ...Array.from(
        { length: 100 },
        (): GivenGroup => ({ failed: { 5: 9 }, state: "resolved", resolvedAt: ago(2) }),
      ),
    );
    const { id, about } = await addGroup({ age: 10, failed: { 1: 1 } });
    expect(await conditions()).toEqual([{ ...about, kind: "group_new", subject: id, people: 0, events: 1 }]);
  });

  it("that is new is one for an hour, for as long as it failed within the last quarter of an hour", async () => {
    const found = async (given: GivenGroup) => {
      const { id } = await addGroup(given);
      return (await conditions()).some(({ kind, subject }) => kind === "group_new" && subject === id);
    };
    expect(await found({ age: 60, failed: { 15: 1 } })).toBe(true);
    expect(await found({ age: 60.1, failed: { 1: 1 } }), "older than an hour").toBe(false);
    harness.advance(60);
    expect(await found({ age: 30, failed: { 15.1: 1 } }), "failed before").toBe(false);
    expect(await found({ age: 30, failed: { 1: 1 }, state: "acknowledged" })).toBe(false);
    expect(await found({ age: 30, failed: { 1: 1 }, state: "muted", mutedUntil: ago(-1) })).toBe(false);
    expect(await found({ age: 30, failed: { 1: 1 }, state: "muted", mutedUntil: ago(0) })).toBe(true);
  });

  it("is over once it is muted or resolved", async () => {
    const affected = { 1: 10 };
    const [muted, resolved] = await addGroups(
      { failed: { 1: 9 }, affected, state: "muted" },
      { failed: { 5: 9 }, affected, state: "resolved", resolvedAt: ago(2) },
    );
    if (!muted || !resolved) throw new Error("groups are missing");
    expect(await conditions(open("group_new", muted.id, 5), open("group_new", resolved.id, 5))).toEqual([]);
  });

  it("that regressed is one until it is resolved again, apart from the time before", async () => {
    const resolvedAt = ago(20);
    const { id, about } = await addGroup({ failed: { 1: 3, 90: 4 }, state: "resolved", resolvedAt });
    const subject = `${id}@${resolvedAt.getTime()}`;
    const found = { ...about, kind: "group_regressed", subject, people: 0 };
    expect(await conditions()).toEqual([{ ...found, events: 3 }]);
    // Since a quarter of an hour before the incident.
    expect(await conditions(open("group_regressed", subject, 75))).toEqual([{ ...found, events: 7 }]);
    expect(await conditions(open("group_regressed", subject, 30))).toEqual([{ ...found, events: 3 }]);
    expect(await conditions(open("group_regressed", `${id}@0`, 75))).toEqual([{ ...found, events: 3 }]);
  });

  it("that an operator acknowledged goes on without being told again", async () => {
    const { id, about } = await addGroup({
      ...{ failed: { 1: 1, 31: 2 }, affected: { 1: 1, 31: 1, 80: 1 }, state: "acknowledged" },
    });
    expect(await conditions(open("group_new", id, 20))).toEqual([
      { ...about, isQuiet: true, kind: "group_new", subject: id, people: 2, events: 3 },
    ]);
  });

  it("is a spike from ten people within a quarter of an hour, with eight times the failures of the usual quarter", async () => {
    const usual = { 1200: 96 };
    const [enough, few, people, lately] = await addGroups(
      { failed: { 1: 8, ...usual }, affected: { 15: 10 } },
      { failed: { 1: 7, ...usual }, affected: { 1: 10 } },
      { failed: { 1: 80 }, affected: { 1: 9 } },
      { failed: { 1: 80 }, affected: { 1: 5, 16: 5 } },
    );
    if (!enough || !few || !people || !lately) throw new Error("groups are missing");
    const spikes = (await conditions(open("group_new", lately.id, 60))).filter(
      ({ kind }) => kind === "people_spike",
    );
    expect(spikes).toEqual([
      { ...enough.about, kind: "people_spike", subject: enough.id, people: 10, events: 8 },
    ]);
  });

  it("is a spike for as long as it goes on, however long", async () => {
    const hours = Array.from({ length: 40 }, (_, quarter) => [1 + quarter * quarterMinutes, 50] as const);
    const { id } = await addGroup({ failed: Object.fromEntries(hours), affected: { 1: 12 } });
    const kinds = async (...incidents: OpenIncident[]) =>
      (await conditions(...incidents)).map(({ kind }) => kind);
    expect(await kinds()).toEqual([]);
    expect(await kinds(open("people_spike", id, 590))).toEqual(["people_spike"]);
  });
});

describe("the condition of the share of sign-ins that succeed", () => {
  const signIns = (outcomes: Record<string, number>, minutesAgo = 1) =>
    addRows(
      harness.db,
      "apiCallCounts",
      Object.entries(outcomes).map(([errcode, calls]) => ({
        ...{ appId, endpoint: "sign_in", errcode, calls },
        minute: Math.floor(ago(minutesAgo).getTime() / 60_000),
      })),
    );
  const share = (percent: number, events: number) => ({
    ...{ kind: "success_share", subject: appId, appId, percent, events },
  });

  it("is a drop by 20 points against the two hours before, or against all where there were few", async () => {
    await signIns({ signed_in: 15, bound: 1, failed: 4 });
    expect(await conditions()).toEqual([share(80, 4)]);
    await signIns({ signed_in: 9, failed: 10 }, 134);
    expect(await conditions(), "19 before").toEqual([share(80, 4)]);
    await signIns({ failed: 1 }, 20);
    expect(await conditions(), "45 % before").toEqual([]);
  });

  it("is not judged by fewer than 20, unless an incident is open", async () => {
    await signIns({ signed_in: 3, failed: 16, refused: 50, abandoned: 50 });
    expect(await conditions()).toEqual([]);
    expect(await conditions(open("success_share", appId, 10))).toEqual([share(16, 16)]);
    await signIns({ signed_in: 100 }, 2);
    expect(await conditions(open("success_share", appId, 10))).toEqual([]);
  });

  it("goes on, untold, while no sign-in comes to an end", async () => {
    await signIns({ abandoned: 5 });
    const incident = { ...open("success_share", appId, 10), percent: 12 };
    expect(await conditions(incident)).toEqual([
      { kind: "success_share", subject: appId, appId, isQuiet: true, percent: 12 },
    ]);
    expect(await conditions({ ...incident, percent: null })).toEqual([
      { kind: "success_share", subject: appId, appId, isQuiet: true },
    ]);
    expect(await conditions(), "without an incident").toEqual([]);
  });

  it("is compared with what was usual before the incident, however long it goes on", async () => {
    for (let minutes = 1; minutes < 300; minutes += 10) await signIns({ failed: 30 }, minutes);
    expect(await conditions(), "after two hours of failures only").toEqual([]);
    expect(await conditions(open("success_share", appId, 300))).toEqual([share(0, 60)]);
    await signIns({ signed_in: 5, failed: 45 }, 315);
    expect(await conditions(open("success_share", appId, 300)), "10 % before").toEqual([]);
    await signIns({ signed_in: 900 }, 314);
    expect(await conditions(open("success_share", appId, 300)), "in its own quarter").toEqual([]);
  });
});

describe("the condition of a global token", () => {
  const token = (given: object) => ({
    ...{ appId, kind: "access_token" as const, source: "stable_token", version: 1, generation: 1 },
    ...{ failuresInRow: 0, forcedAt: "[]", ...given },
  });

  it("is that it failed three times in a row, or that it has expired, or that WeChat refuses this server's IP", async () => {
    const now = harness.deps.now();
    const [website, alone] = [harness.app("plain").appId, harness.app("alone").appId];
    await addRows(harness.db, "appTokens", [
      token({ failuresInRow: 3, lastErrcode: "40125" }),
      token({ kind: "jsapi_ticket", failuresInRow: 2, lastErrcode: "-1", expiresAt: ago(-1) }),
      token({ appId: website, failuresInRow: 1, lastErrcode: "40164" }),
      token({ appId: website, kind: "jsapi_ticket", failuresInRow: 0, lastErrcode: "40164", expiresAt: now }),
      token({ appId: alone, failuresInRow: 2, lastErrcode: null }),
      token({ appId: alone, kind: "jsapi_ticket", failuresInRow: 1, lastErrcode: null, expiresAt: now }),
      token({ appId: "wxNotConfigured", failuresInRow: 9, lastErrcode: "40125" }),
    ]);
    const failing = { kind: "token_failing", appId, endpoint: "cgi-bin/stable_token" };
    const found = (await conditions()).sort((a, b) => a.subject.localeCompare(b.subject));
    const expected = [
      { ...failing, subject: `${appId}:access_token`, errcode: "40125" },
      {
        ...{ ...failing, kind: "ip_refused", subject: `${website}:access_token`, appId: website },
        errcode: "40164",
      },
      {
        ...{ ...failing, subject: `${alone}:jsapi_ticket`, appId: alone },
        endpoint: "cgi-bin/ticket/getticket",
      },
    ];
    expect(found).toEqual(expected.sort((a, b) => a.subject.localeCompare(b.subject)));
  });

  it("that fails is still one when WeChat begins to refuse this server's IP", async () => {
    await addRows(harness.db, "appTokens", [token({ failuresInRow: 1, lastErrcode: "40164" })]);
    const subject = `${appId}:access_token`;
    const about = { subject, appId, endpoint: "cgi-bin/stable_token", errcode: "40164" };
    const refused = { ...about, kind: "ip_refused" };
    expect(await conditions(open("ip_refused", subject, 5))).toEqual([refused]);
    expect(await conditions(open("token_failing", "another", 5))).toEqual([refused]);
    expect(await conditions(open("token_failing", subject, 5))).toEqual([
      refused,
      { ...about, kind: "token_failing" },
    ]);
  });

  it("is a clash if WeChat refused it before its time three times within an hour", async () => {
    const fetched = (requestedBy: string, minutesAgo: number, count: number, kind = "access_token") =>
      addRows(
        harness.db,
        "appTokenFetches",
        Array.from({ length: count }, () => ({
          ...{ id: newId(ago(minutesAgo)), appId, kind: kind as "access_token", source: "stable_token" },
          ...{ latencyMs: 1, at: ago(minutesAgo), requestedBy, generation: 1 },
        })),
      );
    await fetched("refused:shop", 1, 1);
    await fetched("refused:other", 60, 1);
    await fetched("refused:shop", 60.1, 5);
    await fetched("host:shop", 1, 5);
    await fetched("refused:shop", 1, 2, "jsapi_ticket");
    expect(await conditions()).toEqual([]);
    await fetched("refused:shop", 2, 1);
    expect(await conditions()).toEqual([
      { kind: "token_clash", subject: `${appId}:access_token`, appId, events: 3 },
    ]);
  });

  it("is that four fifths of the day's quota are used", async () => {
    const midnight = Date.parse("2027-05-03T16:00:00.000Z") / 60_000;
    const calls = (minute: number, count: number, errcode = "") =>
      addRows(harness.db, "apiCallCounts", [
        { appId, endpoint: "cgi-bin/stable_token", errcode, minute, calls: count },
      ]);
    await calls(midnight, 399_998);
    await calls(midnight - 1, 400_000);
    await calls(start / 60_000, 1, "40164");
    expect(await conditions()).toEqual([]);
    await calls(midnight, 1, "-1");
    expect(await conditions()).toEqual([
      {
        ...{ kind: "quota", subject: appId, appId, endpoint: "cgi-bin/stable_token" },
        ...{ events: 400_000, percent: 80 },
      },
    ]);
  });
});

describe("the condition of webhooks", () => {
  it("is one for each host application of which one was disabled by its failures", async () => {
    const createdAt = harness.deps.now();
    const hosts = ["shop", "other"];
    await addRows(
      harness.db,
      "hostClients",
      hosts.map((id) => ({ id, name: id, origins: "[]", redirectPaths: "[]", createdAt })),
    );
    const endpoint = (clientId: string, disabledReason: string) => ({
      ...{ id: newId(createdAt), clientId, url: "https://a.example", types: "[]", secret: "s", createdAt },
      ...{ disabledAt: createdAt, disabledReason },
    });
    await addRows(harness.db, "webhookEndpoints", [
      ...[endpoint("shop", "failing"), endpoint("shop", "failing"), endpoint("other", "host")],
    ] as never);
    expect(await conditions()).toEqual([{ kind: "webhook_disabled", subject: "shop" }]);
  });
});
