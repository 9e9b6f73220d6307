import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite } from "../../packages/wechat-simulator/src/index.js";
import {
  openLink,
  type Peer,
  type RealNames,
  startRealNames,
} from "../../packages/wechat-simulator/test/peers/peer.js";
import { createProject, type Project, root } from "./support/project.js";

// Clients that are not installed with this repository: unmodified from npm, over TLS, at WeChat's own names.

const packages = [
  ...["passport-wechat@2.0.4", "passport-weixin@0.2.0", "wechat-jssdk@5.1.0", "tnwx@2.5.6"],
  ...["nest-wechat@0.2.50", "node-easywechat@3.6.2", "@logto/connector-wechat-web@1.6.5", "grant@5.4.24"],
  "@auth/core@0.41.3",
  // What nest-wechat expects its application to have.
  ...["@nestjs/common@10.4.20", "@nestjs/core@10.4.20", "reflect-metadata@0.2.2", "rxjs@7.8.2"],
  // node-easywechat asks for ^1.4.1, and does not start with 1.5.
  "node-socialite@1.4.1",
];

const [account, website] = [demoOfficialAccount, demoWebsite];
const clientFile = "npm-clients.mjs";

let project: Project;
let wechat: RealNames;
let peer: Peer;

beforeAll(async () => {
  project = await createProject(packages);
  for (const file of [
    `e2e/long/clients/${clientFile}`,
    "packages/wechat-simulator/test/peers/clients/answer-calls.mjs",
  ])
    project.write(file.split("/").at(-1) ?? "", readFileSync(join(root, file), "utf8"));
  wechat = await startRealNames();
  peer = await wechat.startPeer(join(project.folder, clientFile), account, {
    ...{ OFFICIAL_ACCOUNT: account.appId, OFFICIAL_ACCOUNT_SECRET: account.appSecret },
    ...{ WEBSITE: website.appId, WEBSITE_SECRET: website.appSecret },
    DATA: project.folder,
  });
});
afterAll(async () => {
  await wechat?.close();
  project?.remove();
});

describe("a client that signs a person in", () => {
  it.each([
    ["passport-wechat", account, { code: 40163 }],
    ["passport-weixin", website, { message: expect.stringMatching(/^code been used/) }],
    ["wechat-jssdk", account, { code: 40163 }],
    ["tnwx", account, { code: 40163 }],
    ["@logto/connector-wechat-web", website, { code: "social_auth_code_invalid" }],
  ])("has a link that WeChat accepts, and fails on a used code: %s", async (name, app, failure) => {
    const link = (await peer.call("link", name, "abc123")) as string;
    const callback = queryOf(await openLink(wechat.simulator, link));
    const person = wechat.simulator.person("alice", app.appId);
    expect(await peer.call("user", name, callback)).toMatchObject(person);
    await expect(peer.call("user", name, callback)).rejects.toMatchObject(failure);
  });
});

describe("a client that makes no link", () => {
  it("signs a person in, and returns the refusal of a used code like any answer: nest-wechat", async () => {
    const callback = await callbackOf("abc123");
    const person = wechat.simulator.person("alice", account.appId);
    expect(await peer.call("user", "nest-wechat", callback)).toMatchObject(person);
    await expect(peer.call("user", "nest-wechat", callback)).rejects.toMatchObject({ code: 40163 });
  });
});

describe("a client whose link has another order than WeChat's", () => {
  it.each([
    ["node-easywechat", "scope came before response_type"],
    ["grant", "response_type came before redirect_uri"],
    ["@auth/core", "scope came before response_type"],
  ])("gets an error page instead of a code: %s", async (name, reason) => {
    const answer = await openLink(wechat.simulator, (await peer.call("link", name, "abc123")) as string);
    expect([answer.headers.get("location"), answer.headers.get("x-simulator-reason")]).toEqual([
      null,
      expect.stringContaining(reason),
    ]);
  });

  // With the code of another link, which is what they would get if WeChat let theirs pass.
  it.each([["node-easywechat"], ["grant"], ["@auth/core"]])(
    "signs a person in with a code all the same: %s",
    async (name) => {
      const link = new URL((await peer.call("link", name, "abc123")) as string);
      const state = link.searchParams.get("state") ?? "";
      const { code } = await callbackOf("abc123");
      const person = wechat.simulator.person("alice", account.appId);
      expect(await peer.call("user", name, { code, state })).toMatchObject(person);
    },
  );

  it("also sends a state that is longer than the 128 bytes which WeChat allows: @auth/core", async () => {
    const link = new URL((await peer.call("link", "@auth/core", "abc123")) as string);
    const state = link.searchParams.get("state") ?? "";
    expect(state.length).toBeGreaterThan(128);
    await expect(callbackOf(state)).rejects.toThrow(/state/);
  });
});

function queryOf(answer: Response): { [name: string]: string } {
  const location = answer.headers.get("location");
  if (!location) throw new Error(`no redirect: ${answer.headers.get("x-simulator-reason")}`);
  return Object.fromEntries(new URL(location).searchParams);
}

/** The callback after a link in WeChat's order. */
async function callbackOf(state: string): Promise<{ [name: string]: string }> {
  const query = new URLSearchParams({
    ...{ appid: account.appId, redirect_uri: "http://localhost:4000/callback", response_type: "code" },
    ...{ scope: "snsapi_userinfo", state },
  });
  const link = `https://open.weixin.qq.com/connect/oauth2/authorize?${query}#wechat_redirect`;
  return queryOf(await openLink(wechat.simulator, link));
}
