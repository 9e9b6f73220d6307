import { expect } from "vitest";
import type { Database } from "../../src/db/database.js";
import type { VersionData } from "../db/versions/version-data.js";
import { Browser } from "./browser.js";
import { Console } from "./operator.js";
import { userOf } from "./sign-ins.js";
import { startSystem } from "./system.js";

/** What this version must make of the rows that an earlier one stored: its person and its operator are signed in still. */
export async function expectKnown(db: Database, data: VersionData): Promise<void> {
  const system = await startSystem({ db, at: new Date(data.at) });
  const browser = new Browser(system.url);
  browser.cookies.set("wl_session", data.session);
  expect(await userOf(browser)).toBe(data.userId);
  const console = new Console(system);
  console.browser.cookies.set("wl_operator", data.operatorSession);
  expect((await console.query("operator.me")).data).toMatchObject({ username: "olga", role: "owner" });
  const again = system.browser({ person: "alice" });
  await again.signIn();
  expect(await userOf(again), "a returning person is the same user").toBe(data.userId);
  await system.close();
}
