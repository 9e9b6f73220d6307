import { expect } from "vitest";
import type { Database } from "../../src/db/database.js";
import { rowsOf } from "./rows.js";

/** People, none of them doubled, and no row without what it belongs to. */
export async function expectWhole(db: Database): Promise<void> {
  const [users, bindings, sessions, tokens] = await Promise.all([
    rowsOf(db, "users"),
    rowsOf(db, "bindings"),
    rowsOf(db, "sessions"),
    rowsOf(db, "userTokens"),
  ]);
  const userIds = new Set(users.map(({ id }) => id));
  const bindingIds = new Set(bindings.map(({ id }) => id));
  expect(new Set(bindings.map(({ appId, openid }) => `${appId} ${openid}`)).size).toBe(bindings.length);
  expect(new Set(bindings.map(({ userId }) => userId))).toEqual(userIds);
  expect(sessions.filter(({ userId }) => !userIds.has(userId))).toEqual([]);
  expect(tokens.filter(({ bindingId }) => !bindingIds.has(bindingId))).toEqual([]);
}
