import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readApps, type Simulator, startSimulator } from "../src/index.js";
import { call, codeOf, exchange, openAs, qrUrl } from "./phone.js";

const SECRET = "5ec4e7000000000000000000000000aa";
const website = {
  appId: "wx00000000000000a1",
  appSecret: SECRET,
  kind: "website",
  name: "Shop",
  openPlatform: "group-one",
};
const others = [
  { ...website, appId: "wx00000000000000a2", name: "Blog", openPlatform: "group-two" },
  { ...website, appId: "wx00000000000000a3", kind: "official_account", testAccount: true, name: "Sandbox" },
  { ...website, appId: "wx00000000000000a4", kind: "mini_program", name: "Game" },
];

describe("SIMULATOR_APPS", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "simulator-apps-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("accepts JSON or the path of a JSON file", () => {
    const json = JSON.stringify([website, ...others]);
    const path = join(folder, "apps.json");
    writeFileSync(path, json);
    expect(readApps(json).map(({ name }) => name)).toEqual(["Shop", "Blog", "Sandbox", "Game"]);
    expect(readApps(path)).toEqual(readApps(json));
    expect(readApps(`\n  ${json}`)).toEqual(readApps(json));
  });

  it.each([
    ["a missing file", () => "/nowhere/apps.json", "SIMULATOR_APPS: the file cannot be read (ENOENT)"],
    ["invalid JSON", () => `[{"appSecret":"${SECRET}"`, "SIMULATOR_APPS is not JSON"],
    ["no list", () => "{}", "SIMULATOR_APPS must be a list of apps"],
    ["an empty list", () => "[]", "SIMULATOR_APPS must be a list of apps"],
    ["an app that is no object", () => "[7]", "SIMULATOR_APPS[0] must be an object"],
    ["a missing field", () => JSON.stringify([website, {}]), "SIMULATOR_APPS[1].appId is missing"],
    [
      "an unknown field",
      () => JSON.stringify([{ ...website, key: "x" }]),
      "SIMULATOR_APPS[0]: unknown: key; known: ",
    ],
    [
      "an unknown kind",
      () => JSON.stringify([{ ...website, kind: "app" }]),
      "SIMULATOR_APPS[0].kind must be one of",
    ],
    [
      "a malformed secret",
      () => JSON.stringify([{ ...website, appSecret: `"${SECRET}"` }]),
      "SIMULATOR_APPS[0].appSecret must be 32 letters or digits",
    ],
    [
      "an appid with a blank",
      () => JSON.stringify([{ ...website, appId: " wx1" }]),
      "SIMULATOR_APPS[0].appId must be wx",
    ],
    ...[15, 17].map((length): [string, () => string, string] => [
      `an appid of ${length} instead of 16`,
      () => JSON.stringify([{ ...website, appId: `wx${"1".repeat(length)}` }]),
      "SIMULATOR_APPS[0].appId must be wx and 16 letters or digits",
    ]),
    ...[`x${website.appId}`, 7].map((appId): [string, () => string, string] => [
      `an appid that is ${appId}`,
      () => JSON.stringify([{ ...website, appId }]),
      "SIMULATOR_APPS[0].appId must be wx and 16 letters or digits",
    ]),
    ...[`x${SECRET}`, `${SECRET}x`].map((appSecret, n): [string, () => string, string] => [
      `a secret with one letter too many ${["before", "after"][n]} it`,
      () => JSON.stringify([{ ...website, appSecret }]),
      "SIMULATOR_APPS[0].appSecret must be 32 letters or digits",
    ]),
    [
      "a file's path with a brace in it",
      () => "/nowhere/{apps}.json",
      "SIMULATOR_APPS: the file cannot be read (ENOENT)",
    ],
    [
      "a host that is not a string",
      () => JSON.stringify([{ ...website, callbackHosts: ["a", 7] }]),
      "SIMULATOR_APPS[0].callbackHosts[1] must be a string",
    ],
    [
      "a limit of an unknown endpoint",
      () => JSON.stringify([{ ...website, limits: { daily: { tokens: 1 } } }]),
      "SIMULATOR_APPS[0].limits.daily: unknown: tokens",
    ],
    [
      "a negative limit",
      () => JSON.stringify([{ ...website, limits: { perMinute: { token: -1 } } }]),
      "SIMULATOR_APPS[0].limits.perMinute.token must be a whole number",
    ],
    ["one appid twice", () => JSON.stringify([website, website]), "SIMULATOR_APPS[1].appId is a duplicate"],
    ...["website", "mini_program"].map((kind): [string, () => string, string] => [
      `a test account that is a ${kind}`,
      () => JSON.stringify([{ ...website, kind, testAccount: true }]),
      "SIMULATOR_APPS[0].testAccount: only an official_account can be one",
    ]),
  ])("reports the index and the field without the value: %s", (_title, setting, problem) => {
    const message = messageOf(() => readApps(setting()));
    expect(message).toContain(problem);
    expect(message).not.toContain(SECRET);
  });
});

describe("several apps in several Open Platform groups", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ apps: readApps(JSON.stringify([website, ...others])) });
  });
  afterAll(() => simulator.close());

  it("share the unionid within a group only", () => {
    const [shop, blog, sandbox, game] = simulator.apps.map(({ appId }) => simulator.person("alice", appId));
    expect(sandbox?.unionid).toBe(shop?.unionid);
    expect(game?.unionid).toBe(shop?.unionid);
    expect(blog?.unionid).not.toBe(shop?.unionid);
    expect(new Set([shop, blog, sandbox, game].map((person) => person?.openid)).size).toBe(4);
  });

  it("each exchange codes with their own secret", async () => {
    const code = codeOf(await openAs("alice", qrUrl(simulator, { appid: website.appId })));
    const { body } = await exchange(simulator, code, { appid: website.appId, secret: SECRET });
    expect(body.openid).toBe(simulator.person("alice", website.appId).openid);
    const { access_token } = (
      await call(simulator, "/cgi-bin/token", {
        grant_type: "client_credential",
        appid: "wx00000000000000a3",
        secret: SECRET,
      })
    ).body;
    expect(access_token).toBeTypeOf("string");
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof TypeError ? error.message : `no TypeError: ${String(error)}`;
  }
  return "nothing was wrong";
}
