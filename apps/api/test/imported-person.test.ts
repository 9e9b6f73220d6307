import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userAgents } from "./support/browser.js";
import { type ImportFiles, importFiles, importPeople } from "./support/import-files.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { startSystem } from "./support/system.js";

let files: ImportFiles;
beforeAll(async () => {
  files = await importFiles();
});
afterAll(() => files.remove());

describe("a person who was imported", () => {
  it.each(["none", "ask"])(
    "is recognized at their first sign-in, on the phone and on the desktop, and keeps their external id (profile: %s) [T133]",
    async (profile) => {
      const apps = [demoOfficialAccount, demoWebsite].map(({ appId, appSecret, kind }) => ({
        ...{ appId, appSecret, kind, profile, group: "demo" },
        key: kind === "website" ? "web" : "oa",
      }));
      const system = await startSystem({ env: { WECHAT_APPS: JSON.stringify(apps) } });
      const { openid, unionid } = system.simulator.person("alice", demoOfficialAccount.appId);
      const lines = ["externalId,app,openid,unionid", `7,oa,${openid},${unionid}`, "8,oa,oAnother,"];
      const path = await files.write("people.csv", lines.join("\n"));
      await importPeople(system.app.deps, path);
      const browser = system.browser({ person: "alice" });
      const visit = await browser.follow("/login/wechat?return_to=/");
      expect([visit.status, visit.url.pathname]).toEqual([
        200,
        // The person is known and signed in; with `ask` the question for their profile follows, once.
        profile === "ask" ? expect.stringMatching(/^\/login\/profile\//) : "/login/account",
      ]);
      const desktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
      await desktop.signIn();

      const [alice] = (await rowsOf(system.db, "externalUsers")).filter(
        ({ externalId }) => externalId === "7",
      );
      expect([await userOf(browser), await userOf(desktop)]).toEqual([alice?.userId, alice?.userId]);
      expect(await rowsOf(system.db, "users")).toHaveLength(2);
      await system.close();
    },
  );
});
