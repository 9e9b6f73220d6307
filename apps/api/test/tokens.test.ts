import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { KeyRing } from "../src/domain/key-ring.js";
import { refreshAppToken } from "../src/domain/tokens/app-tokens.js";
import { userTokenRow } from "../src/domain/tokens/user-tokens.js";
import { userAgents } from "./support/browser.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback } from "./support/sign-ins.js";
import { type System, secretKey, startSystem } from "./support/system.js";
import { tokenResponse } from "./support/wechat-responses.js";

const keys = new KeyRing([secretKey]);

let database: TestDatabase;
let db: Database;
let system: System;
beforeEach(async () => {
  database = await testDatabase();
  db = await database.open();
  system = await startSystem({ db });
});
afterEach(async () => {
  await system.close();
  await db.close();
  await database.remove();
});

/** People's stored tokens, decrypted as the server decrypts them. */
async function openUserTokens() {
  return (await rowsOf(db, "userTokens")).map(({ bindingId, accessToken, refreshToken }) => ({
    accessToken: keys.decrypt(accessToken, userTokenRow(bindingId, "access_token")),
    refreshToken: keys.decrypt(refreshToken, userTokenRow(bindingId, "refresh_token")),
  }));
}

describe("the database", () => {
  it("contains no token, secret, code or state in plaintext, while the server runs and after it stops [T22, T66]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await profileCallback(browser);
    await browser.visit(callback);
    const { appId } = system.officialAccount;
    await refreshAppToken(system.app.deps, { appId, kind: "access_token" }, "test");

    const tokens = await openUserTokens();
    const [appToken] = await rowsOf(db, "appTokens");
    const row = `app_tokens.token:${system.officialAccount.appId}:access_token`;
    const secrets = {
      userAccessToken: tokens[0]?.accessToken,
      userRefreshToken: tokens[0]?.refreshToken,
      appAccessToken: keys.decrypt(appToken?.token ?? "", row),
      code: callback.searchParams.get("code"),
      state: callback.searchParams.get("state"),
      session: browser.session,
      browser: browser.cookies.get("wl_browser"),
      appSecret: system.officialAccount.appSecret,
      secretKey,
    };
    const { openid } = system.simulator.person("alice", system.officialAccount.appId);

    const running = await database.bytes();
    await system.close();
    await db.close();
    const ended = await database.bytes();
    for (const bytes of [running, ended]) {
      expect(bytes.includes(openid), "what is meant to be readable is found").toBe(true);
      for (const [name, secret] of Object.entries(secrets)) {
        expect(secret?.length ?? 0, name).toBeGreaterThanOrEqual(16);
        expect(bytes.includes(secret ?? ""), name).toBe(false);
        expect(bytes.includes(Buffer.from(secret ?? "").toString("base64")), name).toBe(false);
        expect(bytes.includes(Buffer.from(secret ?? "").toString("hex")), name).toBe(false);
      }
    }
    db = await database.open();
    system = await startSystem({ db });
  });

  it("holds tokens that cannot be decrypted in another row or column [T66]", async () => {
    await system.browser({ person: "alice" }).signIn();
    await system.browser({ person: "emoji" }).signIn();
    const [mine, other] = await rowsOf(db, "userTokens");
    if (!mine || !other) throw new Error("two people signed in");
    const accessToken = keys.decrypt(mine.accessToken, userTokenRow(mine.bindingId, "access_token"));

    expect(accessToken).toBeDefined();
    expect(keys.decrypt(mine.accessToken, userTokenRow(other.bindingId, "access_token"))).toBeUndefined();
    expect(keys.decrypt(mine.accessToken, userTokenRow(mine.bindingId, "refresh_token"))).toBeUndefined();
  });
});

describe("an encrypted value", () => {
  const row = "user_tokens.access_token:01ARZ3NDEKTSV4RRFFQ69G5FAV";

  it("decrypts to its plaintext, for any text [T66]", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(keys.decrypt(keys.encrypt(text, row), row)).toBe(text);
      }),
    );
  });

  it("has a new nonce each time [T66]", () => {
    const made = Array.from({ length: 1000 }, () => keys.encrypt("the same token", row));
    expect(new Set(made.map((text) => text.split(".")[1])).size).toBe(1000);
  });

  it("counts as absent if any bit is flipped [T66]", () => {
    const [id = "", nonce = "", body = ""] = keys.encrypt("a token of some length", row).split(".");
    const flipped = (part: string, bit: number) => {
      const bytes = Buffer.from(part, "base64url");
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes.toString("base64url");
    };
    for (let bit = 0; bit < Buffer.from(body, "base64url").length * 8; bit++) {
      expect(keys.decrypt(`${id}.${nonce}.${flipped(body, bit)}`, row)).toBeUndefined();
    }
    for (let bit = 0; bit < Buffer.from(nonce, "base64url").length * 8; bit++) {
      expect(keys.decrypt(`${id}.${flipped(nonce, bit)}.${body}`, row)).toBeUndefined();
    }
  });

  it("counts as absent if it is truncated or was never encrypted by the server [T66]", () => {
    const whole = keys.encrypt("a token", row);
    for (let length = 0; length < whole.length; length++) {
      expect(keys.decrypt(whole.slice(0, length), row)).toBeUndefined();
    }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => `${whole.split(".")[0]}.${tail}`),
        ),
        (text) => {
          expect(keys.decrypt(text, row)).toBeUndefined();
        },
      ),
    );
  });

  it("stays readable after a newer key is added, until its own key is removed [T67]", () => {
    const newKey = "n3w-k3y-for-tests-Hq8Ty1Uz6Ox5Wc2Ra4";
    const old = keys.encrypt("a token", row);
    const rotated = new KeyRing([newKey, secretKey]);
    expect(rotated.decrypt(old, row)).toBe("a token");
    expect(keys.decrypt(rotated.encrypt("a token", row), row)).toBeUndefined();
    expect(new KeyRing([newKey]).decrypt(rotated.encrypt("a token", row), row)).toBe("a token");
    expect(new KeyRing([newKey]).decrypt(old, row)).toBeUndefined();
  });
});

describe("a person's tokens", () => {
  it("are not replaced by tokens of a narrower scope while their refresh token is valid", async () => {
    await system.browser({ person: "alice" }).signIn();
    const [wide] = await rowsOf(db, "userTokens");
    expect(wide?.scope).toBe("snsapi_userinfo");

    system.advance(3 * 3600);
    await system.browser({ person: "alice" }).signIn();
    expect(await rowsOf(db, "userTokens")).toEqual([wide]);
  });

  it("are replaced by tokens of a narrower scope after their refresh token expired at 30 days", async () => {
    await system.browser({ person: "alice" }).signIn();
    system.advance(30 * 86_400 + 60);
    await system.browser({ person: "alice" }).signIn();
    expect(await rowsOf(db, "userTokens")).toMatchObject([{ scope: "snsapi_base", scopeRank: 1 }]);
  });

  it("are replaced by newer tokens of the same scope", async () => {
    const browser = () => system.browser({ person: "alice", userAgent: userAgents.desktop });
    await browser().signIn();
    const [first] = await openUserTokens();
    await browser().signIn();
    const [second] = await openUserTokens();
    expect(second?.accessToken).toBeDefined();
    expect(second?.accessToken).not.toBe(first?.accessToken);
  });

  it("expire by the seconds in WeChat's answer, even if they are sent as text", async () => {
    const browser = system.browser({ person: "alice", userAgent: userAgents.desktop });
    await browser.signIn();
    const { openid } = system.simulator.person("alice", system.website.appId);
    const callback = await browser.callbackUrl();
    system.simulator.fail("access_token", {
      kind: "body",
      body: tokenResponse({ openid, expires_in: "120", scope: "snsapi_login" }),
    });
    await browser.visit(callback);
    const [row] = await rowsOf(db, "userTokens");
    expect((row?.expiresAt.getTime() ?? 0) - (row?.updatedAt.getTime() ?? 0)).toBe(120_000);
    expect(await openUserTokens()).toEqual([
      { accessToken: "access-token-of-a-test", refreshToken: "refresh-token-of-a-test" },
    ]);
  });
});
