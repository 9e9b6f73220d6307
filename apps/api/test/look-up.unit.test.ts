import { WeChatApiError } from "@wechat-login/oauth";
import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookUpRid, lookUpStateOf } from "../src/domain/console/look-up.js";
import type { Deps } from "../src/domain/deps.js";
import { ThrottledError } from "../src/domain/throttle.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";
import { seedFailure } from "./support/seed.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const weekMs = 7 * 86_400_000;
const rid = "637ec754-5b28c0ef-058e9cba";
const endpoint = "cgi-bin/stable_token";

/** Looks up a failed call of an app, whose token or whose call to WeChat ends in `error`. */
async function lookUp({ key = "oa", id, error }: { key?: string; id?: string; error: Error }) {
  const { appId } = harness.app(key);
  const failed = { at: harness.deps.now(), appId, errcode: "40164", endpoint, rid };
  const appToken = () => ({ use: () => Promise.reject(error) });
  const deps = { ...harness.deps, appToken } as unknown as Deps;
  const by = { operatorId: "otto", visitor };
  return lookUpRid(deps, { id: id ?? (await seedFailure(harness.db, failed)), by });
}
const entries = async () =>
  (await rowsOf(harness.db, "auditLog")).map(({ event, result, errcode }) => [event, result, errcode]);
const unknown = () => new WeChatApiError("cgi-bin/openapi/rid/get", 76001, "rid not exist");

describe("the look-up of a failed call", () => {
  it("is possible for seven days to the millisecond", () => {
    const { deps } = harness;
    const { appId } = harness.app("oa");
    const states = [weekMs, weekMs + 1].map((ageMs) =>
      lookUpStateOf(deps, { appId, endpoint, rid, at: new Date(deps.now().getTime() - ageMs) }),
    );
    expect(states).toEqual(["possible", "too_old"]);
  });

  it("says why the app has no token to ask with, which is refused in the audit log", async () => {
    const error = new TokenUnavailableError("40125");
    const id = await seedFailure(harness.db, {
      ...{ at: harness.deps.now(), appId: harness.app("oa").appId, errcode: "40164", endpoint, rid },
    });
    expect(await lookUp({ error, id })).toEqual({ found: false, errcode: "40125" });
    expect(await rowsOf(harness.db, "auditLog")).toMatchObject([
      {
        ...{ event: "errors.look_up", target: id, operatorId: "otto", ip: visitor.ip },
        ...{ at: harness.deps.now(), result: "refused", errcode: "40125" },
      },
    ]);
  });

  it("passes on an error that is not WeChat's, and finds nothing where there is no such failure", async () => {
    const error = new Error("the database is gone");
    await expect(lookUp({ error })).rejects.toBe(error);
    expect(await lookUp({ error, id: "none" })).toBeUndefined();
    expect(await entries()).toEqual([]);
  });

  it("asks WeChat ten times a minute at most, for each app apart", async () => {
    const asked = (key = "oa") => lookUp({ key, error: unknown() });
    for (let times = 0; times < 10; times++) expect(await asked()).toMatchObject({ errcode: "76001" });
    await expect(asked()).rejects.toThrow(ThrottledError);
    expect(await asked("plain")).toMatchObject({ errcode: "76001" });
    harness.advance(60);
    expect(await asked()).toMatchObject({ errcode: "76001" });
  });
});
