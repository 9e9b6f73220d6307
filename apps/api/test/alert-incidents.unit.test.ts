import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { updateIncidents } from "../src/domain/alerts/incidents.js";
import { newId } from "../src/domain/ids.js";
import { addChannel, incidentRow } from "./support/alert-rows.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: DomainHarness["deps"];
let at: Date;
let appId: string;
beforeEach(async () => {
  harness = await startDomainHarness();
  // 10:00 in Beijing, at the beginning of a quarter of an hour.
  harness.advance((Date.parse("2027-05-04T02:00:00.000Z") - harness.deps.now().getTime()) / 1000);
  deps = harness.deps;
  at = deps.now();
  appId = harness.app("oa").appId;
  await addChannel(deps, { id: "ops" });
  await addChannel(deps, { id: "off", disabledAt: at });
});
afterEach(() => harness.close());

const [minute, hour] = [60, 3_600];
const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const endpoint = "cgi-bin/stable_token";
/** Fetches of the global token today: 80 % of the quota of 500,000, or more. */
const useQuota = (calls = 400_000) =>
  addRows(deps.db, "apiCallCounts", [
    { appId, endpoint, errcode: "", minute: at.getTime() / 60_000 - minute, calls },
  ]);
/** An error that failed twice, for one person, a moment ago. */
async function failTwice(state: "open" | "acknowledged" | "resolved" = "open", errcode = "40029") {
  // What was resolved and fails again is older than a new error.
  const id = newId(state === "resolved" ? after(-3 * hour) : at);
  const resolvedAt = state === "resolved" ? after(-hour) : null;
  await addRows(deps.db, "errorGroups", [
    { id, appId, endpoint: "sns/userinfo", errcode, state, resolvedAt },
  ]);
  const slot = Math.floor(at.getTime() / 900_000);
  const counts = { groupId: id, minutes: 15, slot, events: 2, unnamed: 0, firstAt: at, lastAt: at };
  await addRows(deps.db, "errorGroupCounts", [counts]);
  await addRows(deps.db, "errorGroupPeople", [{ groupId: id, who: "oAlice", lastAt: at }]);
  return id;
}
const addIncident = (about: Parameters<typeof incidentRow>[1]) =>
  addRows(deps.db, "alertIncidents", [incidentRow(deps, about)]);
const ofQuota = () => ({ id: "quota", subject: appId, appId, endpoint, percent: 80, events: 400_000 });
const incidents = () => rowsOf(deps.db, "alertIncidents");
const deliveries = async () =>
  (await rowsOf(deps.db, "alertDeliveries")).map(({ channelId, change, state, dueAt }) => [
    ...[channelId, change, state, dueAt],
  ]);
const logged = () => harness.loggedLines.map((line) => JSON.parse(line));

describe("an incident", () => {
  it("opens once, whichever process looks first, and each channel that is enabled is told in half a minute", async () => {
    await useQuota();
    await Promise.all([deps, { ...deps }].map((one) => updateIncidents(one)));
    const [opened] = await incidents();
    expect(await incidents()).toEqual([
      {
        ...{ id: expect.stringMatching(/^[0-9A-Z]{26}$/), kind: "quota", subject: appId, appId, endpoint },
        ...{ errcode: null, people: null, events: 400_000, percent: 80 },
        ...{ openedAt: at, lastAt: at, toldAt: at, recoveredAt: null },
      },
    ]);
    expect(await deliveries()).toEqual([["ops", "opened", "pending", after(30)]]);
    expect(logged()).toEqual([
      {
        ...{ event: "incident_opened", incidentId: opened?.id, kind: "quota", appId, endpoint },
        ...{ errcode: null, message: "an alert" },
      },
    ]);
  });

  it("of an error has its endpoint, its errcode, the people and the failures", async () => {
    const subject = await failTwice();
    await updateIncidents(deps);
    expect(await incidents()).toMatchObject([
      {
        ...{ kind: "group_new", subject, appId, endpoint: "sns/userinfo", errcode: "40029" },
        ...{ people: 1, events: 2, percent: null },
      },
    ]);
  });

  it("is looked for by no process while no channel is enabled", async () => {
    await useQuota();
    await deps.db.consoleQuery((orm, { alertChannels }) =>
      orm.update(alertChannels).set({ disabledAt: at }).returning(),
    );
    await updateIncidents(deps);
    expect(await incidents()).toEqual([]);
  });

  it("that goes on has its share of now, and the most people and failures that there were", async () => {
    const subject = await failTwice();
    await useQuota(450_000);
    const [before, lately] = [after(-2 * minute), after(-minute)];
    const times = { openedAt: before, lastAt: lately, toldAt: before };
    await addIncident({ ...ofQuota(), ...times, percent: 99, people: 7, events: 460_000 });
    await addIncident({ id: "more", kind: "group_new", subject, ...times, people: 5, events: 1 });
    await updateIncidents(deps);
    expect(
      (await incidents()).map(({ id, people, events, percent }) => [id, people, events, percent]),
    ).toEqual([
      ["more", 5, 2, null],
      ["quota", null, 460_000, 90],
    ]);
    for (const { lastAt, toldAt, recoveredAt } of await incidents()) {
      expect([lastAt, toldAt, recoveredAt]).toEqual([at, before, null]);
    }
    expect([await deliveries(), logged()]).toEqual([[], []]);
  });

  it("that was not counted so far is counted from now on", async () => {
    const subject = await failTwice();
    await addIncident({ id: "group", kind: "group_new", subject });
    await updateIncidents(deps);
    expect(await incidents()).toMatchObject([{ id: "group", people: 1, events: 2 }]);
  });

  it.each([
    ["is not told again a moment before four hours", 4 * hour - 0.001, false],
    ["is told again after four hours", 4 * hour, true],
  ])("that goes on %s", async (_what, seconds, isTold) => {
    await useQuota();
    const toldAt = after(-seconds);
    await addIncident({ ...ofQuota(), toldAt });
    await updateIncidents(deps);
    expect(await incidents()).toMatchObject([{ toldAt: isTold ? at : toldAt, recoveredAt: null }]);
    expect(await deliveries()).toEqual(isTold ? [["ops", "repeated", "pending", after(30)]] : []);
  });

  it("that an operator has acknowledged goes on without being told again", async () => {
    const subject = await failTwice("acknowledged");
    const before = after(-5 * hour);
    await addIncident({ id: "group", kind: "group_new", subject, toldAt: before, lastAt: before });
    await updateIncidents(deps);
    expect(await incidents()).toMatchObject([{ lastAt: at, toldAt: before, recoveredAt: null }]);
    expect(await deliveries()).toEqual([]);
  });

  it.each([
    ["a moment less than ten minutes goes on", 10 * minute - 0.001, false],
    ["ten minutes has recovered, which each channel that knew of it is told", 10 * minute, true],
  ])("that was not so for %s", async (_how, seconds, isOver) => {
    await addIncident({ ...ofQuota(), lastAt: after(-seconds) });
    const delivery = { incidentId: "quota", change: "opened" as const, state: "sent" as const };
    await addRows(deps.db, "alertDeliveries", [{ ...delivery, channelId: "ops" }]);
    await Promise.all([deps, { ...deps }].map((one) => updateIncidents(one)));
    expect(await incidents()).toMatchObject([{ recoveredAt: isOver ? at : null }]);
    expect((await deliveries()).filter(([, change]) => change !== "opened")).toEqual(
      isOver ? [["ops", "recovered", "pending", after(30)]] : [],
    );
    const recovered = { event: "incident_recovered", incidentId: "quota", kind: "quota" };
    expect(logged()).toEqual(isOver ? [{ ...recovered, message: "an alert is over" }] : []);
  });

  it("comes again after it has recovered, but once only of a new error, and of a regressed one", async () => {
    const subject = await failTwice();
    const regressed = `${await failTwice("resolved", "40163")}@${after(-hour).getTime()}`;
    await useQuota();
    const over = { recoveredAt: at };
    await addIncident({ ...ofQuota(), ...over });
    await addIncident({ id: "group", kind: "group_new", subject, ...over });
    await addIncident({ id: "regressed", kind: "group_regressed", subject: regressed, ...over });
    await updateIncidents(deps);
    expect(
      (await incidents()).map(({ kind, recoveredAt }) => `${kind} ${recoveredAt === null}`).sort(),
    ).toEqual(["group_new false", "group_regressed false", "quota false", "quota true"]);
  });
});
