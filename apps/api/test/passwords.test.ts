import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hashPassword, isPassword, passwordProblem } from "../src/domain/passwords.js";
import { accounts, makeOperator } from "./support/operator.js";
import { type RawResponse, send } from "./support/raw-http.js";
import { type System, startSystem } from "./support/system.js";

const hashing = vi.hoisted(() => ({ runs: 0 }));
vi.mock("node:crypto", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:crypto")>();
  const scrypt = (...args: Parameters<typeof real.scrypt>) => {
    hashing.runs++;
    real.scrypt(...args);
  };
  return { ...real, scrypt };
});

/** How many password hashes an act costs: time on a shared machine proves nothing. */
async function hashesOf<Result>(act: () => Promise<Result>): Promise<{ result: Result; runs: number }> {
  const before = hashing.runs;
  const result = await act();
  return { result, runs: hashing.runs - before };
}

let system: System;
const wrong = { username: accounts.owner.username, password: "a wrong password" };

describe("guessing passwords", () => {
  beforeAll(async () => {
    // One proxy before us tells where a request comes from, so that a test can come from many places.
    system = await startSystem({ env: { TRUST_PROXY: "1" } });
    await makeOperator(system);
  });
  afterAll(() => system.close());

  function signInFrom(ip: string, account: { username: string; password: string }): Promise<RawResponse> {
    return send(system, {
      method: "POST",
      path: "/admin/trpc/operator.signIn",
      headers: { "content-type": "application/json", "x-forwarded-for": ip },
      body: JSON.stringify(account),
    });
  }

  it("T42: an unknown, a disabled and a known name answer the same, for the same number of hashes", async () => {
    await send(system, { path: "/healthz" });
    await system.db.query((orm, t) =>
      orm
        .insert(t.operators)
        .values({
          id: "01M00000000000000000000000",
          username: "dora",
          passwordHash: "$scrypt$ln=17,r=8,p=1$AAAA$AAAA",
          role: "owner",
          status: "disabled",
          createdAt: new Date(),
        })
        .returning(),
    );
    const told = [];
    for (const username of [accounts.owner.username, "dora", "nobody", "Ｎｏｂｏｄｙ "]) {
      const { result, runs } = await hashesOf(() => signInFrom("192.0.2.7", { ...wrong, username }));
      const { error } = JSON.parse(result.text) as {
        error: { message: string; data: { requestId: string } };
      };
      const { requestId, ...data } = error.data;
      told.push({
        status: result.status,
        runs,
        error: { ...error, data },
        headers: Object.keys(result.headers),
      });
      expect(requestId).not.toBe("");
    }
    expect(told[0]).toMatchObject({ status: 401, runs: 1, error: { message: "wrong_credentials" } });
    for (const other of told.slice(1)) expect(other).toEqual(told[0]);
  });

  it("T41: is refused with 429 after 10 wrong ones for a name, also for the right one, and costs no hash", async () => {
    system.advance(16 * 60);
    const statuses = [];
    for (let round = 0; round < 10; round++)
      statuses.push((await signInFrom(`192.0.2.${round}`, wrong)).status);
    expect(new Set(statuses)).toEqual(new Set([401]));

    const { result, runs } = await hashesOf(() => signInFrom("192.0.2.99", accounts.owner));
    expect(result.status).toBe(429);
    expect(result.headers["set-cookie"]).toBeUndefined();
    expect(runs).toBe(0);
    // Another spelling of the name is the same name.
    expect((await signInFrom("192.0.2.98", { ...wrong, username: " OLGA " })).status).toBe(429);

    system.advance(15 * 60 + 1);
    expect((await signInFrom("192.0.2.99", accounts.owner)).status).toBe(200);
  });

  it("T41: cannot keep the real operator out: where they signed in before, they have a count of their own", async () => {
    for (let round = 0; round < 11; round++) await signInFrom(`198.51.100.${round}`, wrong);
    expect((await signInFrom("203.0.113.1", accounts.owner)).status).toBe(429);
    expect((await signInFrom("192.0.2.99", accounts.owner)).status).toBe(200);
  });

  it("T41, T35: is refused after 10 wrong ones from a source, over all names, one by one or in a batch", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `guess${index}`);
    const batch = await send(system, {
      method: "POST",
      path: `/admin/trpc/${names.map(() => "operator.signIn").join(",")}?batch=1`,
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.50" },
      body: JSON.stringify(
        Object.fromEntries(
          names.map((username, index) => [index, { username, password: "a wrong password" }]),
        ),
      ),
    });
    expect(batch.status).toBe(401);
    const { result, runs } = await hashesOf(() =>
      signInFrom("203.0.113.50", { username: "guess11", password: "a wrong password" }),
    );
    expect([result.status, runs]).toEqual([429, 0]);
    expect((await signInFrom("192.0.2.99", accounts.owner)).status).toBe(200);
  });
});

describe("a password", () => {
  it("T43: is kept as scrypt with a salt of its own", async () => {
    const [first, second] = await Promise.all([hashPassword("olga owns it"), hashPassword("olga owns it")]);
    expect(first).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first.split("$")[3]).not.toBe(second.split("$")[3]);
    expect(await isPassword("olga owns it", second)).toBe(true);
  });

  it("T43: is compared exactly and to its last character", async () => {
    const long = `${"pässwörd 密码 ".repeat(10)}end`;
    expect(long.length).toBeGreaterThan(100);
    const stored = await hashPassword(long);
    expect(await isPassword(long, stored)).toBe(true);
    expect(await isPassword(long.normalize("NFD"), stored)).toBe(true);
    for (const near of [`${long} `, long.slice(0, -1), `${long.slice(0, -1)}D`, long.toUpperCase(), ""]) {
      expect(await isPassword(near, stored)).toBe(false);
    }
  });

  it("T43: has 8 to 256 characters and is none of those that anybody would try", () => {
    for (const unfit of [
      "",
      "1234567",
      "密码密码密码密",
      "password",
      "PassWord123",
      "aaaaaaaaaaaa",
      "a".repeat(257),
    ]) {
      expect(passwordProblem(unfit), unfit).toEqual(expect.any(String));
    }
    for (const fit of ["olga owns", "密码的八个字符了", "x1x1yz9!", `a1b2${"c".repeat(252)}`]) {
      expect(passwordProblem(fit), fit).toBeUndefined();
    }
  });

  it("T43: of absurd length is refused without a hash", async () => {
    const stored = await hashPassword("olga owns it");
    const { result, runs } = await hashesOf(() => isPassword("a".repeat(1_000_000), stored));
    expect([result, runs]).toEqual([false, 0]);
  });

  it("T66: a damaged hash is never right, and costs as much as a wrong password", async () => {
    for (const damaged of ["", "plain", "$scrypt$ln=17,r=8,p=1$$", "$2b$10$abcdefghijklmnopqrstuv"]) {
      const { result, runs } = await hashesOf(() => isPassword("olga owns it", damaged));
      expect([result, runs]).toEqual([false, 1]);
    }
  });
});
