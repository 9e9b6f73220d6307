import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { linesInBoth, namedValues } from "./page-lines.js";
import { openPanel } from "./panel.js";
import {
  authorizeUrl,
  call,
  exchange,
  getCode,
  getGlobalToken,
  getTokens,
  open,
  openAs,
  post,
  qrUrl,
} from "./phone.js";

// The panel's pages as a whole: each element with its text, in English and, where it differs, in Chinese.

const { appId } = demoOfficialAccount;
const realAccount = {
  ...demoOfficialAccount,
  appId: "wx51a0b1c2d3e4f504",
  testAccount: false,
  name: "Real Account",
  ipAllowList: ["192.0.2.1", "192.0.2.2"],
  callbackHosts: [],
  scopes: [],
  openPlatform: "another",
  messageUrl: "https://a.example/push",
  banned: true,
};
let simulator: Simulator;
beforeAll(async () => {
  vi.stubEnv("TZ", "Asia/Shanghai");
  simulator = await startSimulator({
    now: () => Date.UTC(2026, 0, 31, 4),
    apps: [demoOfficialAccount, realAccount, demoWebsite, demoMiniProgram],
  });
});
afterAll(async () => {
  await simulator.close();
  vi.unstubAllEnvs();
});

const cookie = "simulator_person=emoji; simulator_wechat=1";

async function pageOf(path: string, part: RegExp, as = cookie): Promise<string> {
  const [english = "", chinese = ""] = await Promise.all(
    ["en", "zh"].map(async (language) => {
      const { text } = await openPanel(simulator, path, { language, cookie: as });
      return namedValues(simulator)([...text.matchAll(part)].map(([found]) => found).join(""));
    }),
  );
  return linesInBoth(english, chinese);
}
const main = /<main.*<\/main>/gs;
const flash = /<p class="flash">.*?<\/p>/gs;

/** Something in each state that a page shows. */
async function useIt(): Promise<void> {
  for (const id of ["longname", "control"]) simulator.deletePerson(id);
  const asked = { grant_type: "client_credential", appid: appId, secret: demoOfficialAccount.appSecret };
  await getTokens(simulator, "emoji");
  simulator.revoke("emoji", appId);
  await getTokens(simulator, "noavatar");
  simulator.changePassword("noavatar");
  await getTokens(simulator, "crowd-7");
  await getTokens(simulator, "snapshot");
  await openAs("alice", qrUrl(simulator));
  simulator.settings({ newAuthorizationEndsOld: true });
  await getTokens(simulator, "crowd-8");
  await getTokens(simulator, "crowd-8");
  simulator.settings({ newAuthorizationEndsOld: false });
  simulator.createJsCode("emoji", demoMiniProgram.appId);
  simulator.endToken(simulator.createJsCode("alice", demoMiniProgram.appId));
  const stable = await getGlobalToken(simulator);
  await call(simulator, "/cgi-bin/token", asked);
  await call(simulator, "/cgi-bin/token", asked);
  await call(simulator, "/cgi-bin/ticket/getticket", { access_token: stable, type: "wx_card" });
  simulator.clearRequests();
  simulator.advance(90_061 - 86_400);
  const code = await getCode(simulator, "alice");
  await exchange(simulator, "unknown");
  simulator.fail("access_token", { kind: "reset", when: "after" });
  await exchange(simulator, code).catch(() => undefined);
  simulator.fail("access_token", { kind: "truncated_json" });
  await exchange(simulator, code).catch(() => undefined);
  await open(authorizeUrl(simulator, { scope: "" }));
  await post(simulator, "/cgi-bin/stable_token", {}, { ...asked, secret: "wrong" });
  await fetch(`${simulator.url}/sns/nowhere?a=%zz`);
  simulator.updatePerson("alice", { nickname: "" });
  simulator.updatePerson("emoji", { unionid: false, headimgurl: "", highRisk: true });
  simulator.unfollow("emoji", appId);
  await getCode(simulator, "bigavatar");
  await getTokens(simulator, "bigavatar");
  simulator.deletePerson("bigavatar");
  simulator.fail("userinfo", { kind: "errcode", errcode: -1 }, 2);
  simulator.fail("authorize", { kind: "body", body: "x" }, { share: 0.25 });
  simulator.settings({ refusal: "state_only", sameCode: true, usedCode: 40029, qrPollSeconds: 7 });
}

// One test uses what the one before has made: a page of the panel changes nothing.
describe("a page of the panel", () => {
  it("says what to do where there is nothing", async () => {
    for (const { id } of simulator.state().people) simulator.deletePerson(id);
    const paths = ["/", "/?text=x", "/people", "/tokens", "/faults", "/clock"];
    const pages = await Promise.all(
      paths.map(async (path) => `${path}\n${await pageOf(path, /<div class="empty">.*?<\/div>/gs, "")}`),
    );
    simulator.reset();
    expect(pages.join("\n")).toMatchSnapshot();
  });

  it("is seeded with something in each state that it shows", async () => {
    await useIt();
    const states = simulator.tokens().map(({ state }) => state);
    expect([...new Set(states)].sort()).toEqual(
      "account_deleted alive expired password_changed replaced revoked spent superseded".split(" "),
    );
  });

  it.each([
    ["/", main],
    ["/people", main],
    ["/people/delete?person=snapshot", main],
    ["/people/delete?person=bob", main],
    ["/apps", main],
    [`/apps?show=${appId}`, /<dt>appSecret.*?<\/dd>/gs],
    ["/tokens", main],
    ["/faults", main],
    ["/switches", main],
    ["/clock", main],
    ["/guide", main],
    ["/?endpoint=access_token&refused=1&text=40029&before=9", /<form class="filters".*<\/main>/gs],
  ])("has its elements and words: %s", async (path, part) => {
    expect(await pageOf(path, part)).toMatchSnapshot();
  });

  it("has the frame of all pages", async () => {
    expect(await pageOf("/people", /^.*<main[^>]*>|<\/main>.*$/gs)).toMatchSnapshot();
    expect(await pageOf("/guide", /<section class="status".*?<\/section>/gs, "")).toMatchSnapshot();
  });

  it("says what was done", async () => {
    const done =
      "person wechat no_wechat planned cancelled switched created saved verified deleted followed unfollowed revoked password js_code ended gone cleared reset";
    const flashes = await Promise.all(
      done.split(" ").map(async (key) => `${key}\n${await pageOf(`/guide?done=${key}`, flash)}`),
    );
    flashes.push(await pageOf("/clock?moved=3661", flash));
    expect(flashes.join("\n")).toMatchSnapshot();
  });

  it("says in both languages why a form did not work", async () => {
    const page = async (language: string) => {
      const response = await fetch(`${simulator.url}/_simulator/forms/people/password`, {
        method: "POST",
        headers: { origin: simulator.url, "accept-language": language },
        body: new URLSearchParams({ person: "bob", back: "/people" }),
      });
      const [title = "", body = ""] =
        (await response.text()).match(/<title>.*?<\/title>|<main.*<\/main>/gs) ?? [];
      return title + body;
    };
    expect(linesInBoth(await page("en"), await page("zh"))).toMatchSnapshot();
  });
});
