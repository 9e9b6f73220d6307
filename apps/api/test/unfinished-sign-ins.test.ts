import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { type Browser, titleOf, userAgents } from "./support/browser.js";
import { makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeEach(async () => {
  system = await startSystem({ env: { RATE_LIMIT: "off", RETENTION_DAYS: "90" } });
});
afterEach(() => system.close());

const hours = 3_600;
const clean = () => deleteExpired(system.app.deps);
const long = `/orders?${"x".repeat(600)}`;

describe("an unfinished sign-in", () => {
  it("is kept for a day, with its requests and its timeline, and one that was finished for RETENTION_DAYS [T97]", async () => {
    const finished = system.browser();
    await finished.signIn();
    await system.browser().visit("/login/wechat");
    system.advance(700);
    await clean();
    const outcomes = async () => (await rowsOf(system.db, "signIns")).map(({ outcome }) => outcome).sort();
    expect(await outcomes()).toEqual(["abandoned", "signed_in"]);

    system.advance(23 * hours);
    await clean();
    expect(await outcomes()).toEqual(["abandoned", "signed_in"]);
    system.advance(1 * hours);
    await clean();
    expect(await outcomes()).toEqual(["signed_in"]);
    const [kept] = await rowsOf(system.db, "signIns");
    for (const table of ["authorizationRequests", "signInEvents"] as const) {
      expect(new Set((await rowsOf(system.db, table)).map(({ signInId }) => signInId))).toEqual(
        new Set([kept?.id]),
      );
    }

    system.advance(88 * 24 * hours);
    await clean();
    expect(await outcomes()).toEqual(["signed_in"]);
    system.advance(2 * 24 * hours);
    await clean();
    expect(await outcomes()).toEqual([]);
  });

  it("is counted by the minute in which it began, also after it is deleted", async () => {
    for (let n = 0; n < 3; n++) await system.browser().visit("/login/wechat");
    await system.browser({ userAgent: userAgents.desktop }).visit("/login/wechat");
    const [{ createdAt } = { createdAt: new Date(0) }] = await rowsOf(system.db, "signIns");
    system.advance(2 * 24 * hours);
    await clean();
    await clean();
    expect(await rowsOf(system.db, "signIns")).toEqual([]);
    await system.app.deps.callCounts.flush(system.db);
    const counts = (await rowsOf(system.db, "apiCallCounts")).filter(
      ({ endpoint }) => endpoint === "sign_in",
    );
    const minute = Math.floor(createdAt.getTime() / 60_000);
    const total = (appId: string) =>
      counts.filter((count) => count.appId === appId).reduce((sum, { calls }) => sum + calls, 0);
    expect([total(system.officialAccount.appId), total(system.website.appId)]).toEqual([3, 1]);
    for (const count of counts) {
      expect(count.errcode).toBe("abandoned");
      expect(count.minute - minute).toBeLessThanOrEqual(1);
    }
  });

  it("keeps its destination while its state lives, and takes little room afterwards [T97]", async () => {
    const agent = `${userAgents.wechatAndroid} ${"y".repeat(400)}`;
    const browser = system.browser({ userAgent: agent });
    await browser.visit(`/login/wechat?return_to=${long}`);
    await system.browser().visit("/login/wechat?return_to=/orders/77");
    await clean();
    expect((await rowsOf(system.db, "signIns")).map(({ returnTo }) => returnTo).sort()).toEqual([
      "/orders/77",
      long,
    ]);
    system.advance(700);
    await clean();
    const rows = await rowsOf(system.db, "signIns");
    expect(rows.map(({ returnTo }) => returnTo).sort()).toEqual(["/", "/orders/77"]);
    for (const { userAgent } of rows) expect(userAgent).toBe(agent.slice(0, 256));
  });

  it("is still told to be of WeChat on Android once its user agent is cut", async () => {
    const console = await makeOperator(system, "operator");
    const devices = async () =>
      (await console.query<{ items: { device: object }[] }>("signIns.list", {})).data?.items.map(
        ({ device }) => device,
      );
    await system.browser({ userAgent: userAgents.wechatAndroid }).visit("/login/wechat");
    const before = await devices();
    expect(before).toMatchObject([{ client: "wechat", platform: "android" }]);
    system.advance(700);
    await clean();
    expect(await devices()).toEqual(before);
  });
});

describe("a sign-in that was refused", () => {
  const refuse = async (browser: Browser) => {
    const callback = await browser.callbackUrl();
    const refusal = `/login/wechat/callback?state=${callback.searchParams.get("state")}`;
    await browser.visit(refusal);
    return refusal;
  };
  const outcomes = async () => (await rowsOf(system.db, "signIns")).map(({ outcome }) => outcome).sort();

  it("is kept for a day and counted, like one whose callback came too late, because no one has to be known for it [T97]", async () => {
    await refuse(system.browser());
    const late = system.browser();
    const callback = await late.callbackUrl();
    system.advance(700);
    await late.visit(callback);
    expect(await outcomes()).toEqual(["expired", "refused"]);
    system.advance(23 * hours);
    await clean();
    expect(await outcomes()).toEqual(["expired", "refused"]);
    system.advance(1 * hours);
    await clean();
    expect(await outcomes()).toEqual([]);
    await system.app.deps.callCounts.flush(system.db);
    const counts = (await rowsOf(system.db, "apiCallCounts")).filter(
      ({ endpoint }) => endpoint === "sign_in",
    );
    expect(counts.map(({ errcode, calls }) => [errcode, calls]).sort()).toEqual([
      ["expired", 1],
      ["refused", 1],
    ]);
  });

  it("is kept for RETENTION_DAYS in a browser that is known to be a person's", async () => {
    const person = system.browser();
    await person.signIn();
    await refuse(person);
    system.advance(30 * 24 * hours);
    await clean();
    expect(await outcomes()).toEqual(["refused", "signed_in"]);
    system.advance(61 * 24 * hours);
    await clean();
    expect(await outcomes()).toEqual([]);
  });

  it("gets no more events however often its callback is repeated with a code [T97]", async () => {
    const browser = system.browser();
    const refusal = await refuse(browser);
    const code = "0".repeat(32);
    await browser.visit(`${refusal}&code=${code}`);
    const events = await rowsOf(system.db, "signInEvents");
    for (let n = 0; n < 5; n++) {
      const { html, status } = await browser.visit(`${refusal}&code=${code}`);
      expect([titleOf(html), status]).not.toEqual(["", 500]);
    }
    expect(await rowsOf(system.db, "signInEvents")).toEqual(events);
  });
});
