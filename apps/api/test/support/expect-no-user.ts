import { expect } from "vitest";
import type { Browser } from "./browser.js";
import { rowsOf } from "./rows.js";
import type { System } from "./system.js";

/** Expects that the browser has no session and that no table holds a user. */
export async function expectNoUserStored({ db }: System, browser: Browser): Promise<void> {
  expect(browser.session).toBeUndefined();
  for (const table of ["users", "bindings", "unions", "sessions", "userTokens"] as const) {
    expect(await rowsOf(db, table), table).toEqual([]);
  }
}
