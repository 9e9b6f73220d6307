import crypto from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { defaultPasswordCost, hashPassword, isPassword } from "../src/domain/operators/password-hash.js";
import { passwordProblem } from "../src/domain/operators/password-strength.js";
import { accounts, makeOperator } from "./support/operator.js";
import { quickPasswordCost } from "./support/password-cost.js";
import { type RawResponse, send } from "./support/raw-http.js";
import { replaceScrypt } from "./support/replace-scrypt.js";
import { type System, startSystem } from "./support/system.js";

/** The cost parameter of each hash so far. */
const costsSoFar: (number | undefined)[] = [];
/** While there is a list, hashes are put into it instead of being computed. */
let held: (() => void)[] | undefined;
const { scrypt } = crypto;
beforeAll(() => {
  replaceScrypt((...args) => {
    costsSoFar.push(args[3].N);
    if (held) held.push(() => scrypt(...args));
    else scrypt(...args);
  });
});
afterAll(() => replaceScrypt(scrypt));

/** The costs of the password hashes that an action computes: a measured time on a shared machine would prove nothing. */
async function hashesOf<Result>(
  action: () => Promise<Result>,
): Promise<{ result: Result; costs: (number | undefined)[] }> {
  const before = costsSoFar.length;
  const result = await action();
  return { result, costs: costsSoFar.slice(before) };
}
const oneHash = [2 ** quickPasswordCost.log2N];

let system: System;
const wrong = { username: accounts.owner.username, password: "a wrong password" };
/** Also wrong, and refused as too long before it is hashed: many guesses take no time. */
const costless = { username: accounts.owner.username, password: "x".repeat(300) };

describe("guessing passwords", () => {
  beforeAll(async () => {
    // A trusted proxy reports the source address, so that a test can send from many addresses.
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

  it("gets the same answer, for the same number of hashes, for an unknown, a disabled and a known name [T42]", async () => {
    await send(system, { path: "/healthz" });
    await system.db.consoleQuery((orm, t) =>
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
    const answers = [];
    for (const username of [accounts.owner.username, "dora", "norman", "Ｎｏｒｍａｎ "]) {
      const { result, costs } = await hashesOf(() => signInFrom("192.0.2.7", { ...wrong, username }));
      const { error } = JSON.parse(result.text) as {
        error: { message: string; data: { requestId: string } };
      };
      const { requestId, ...data } = error.data;
      answers.push({
        status: result.status,
        costs,
        error: { ...error, data },
        headers: Object.keys(result.headers),
      });
      expect(requestId).not.toBe("");
    }
    expect(answers[0]).toMatchObject({
      status: 401,
      costs: oneHash,
      error: { message: "wrong_credentials" },
    });
    for (const other of answers.slice(1)) expect(other).toEqual(answers[0]);
  });

  it("gets a 429 without a hash after 10 wrong ones for a name, even with the right password [T41]", async () => {
    system.advance(16 * 60);
    const statuses = [];
    for (let round = 0; round < 10; round++)
      statuses.push((await signInFrom(`192.0.2.${round}`, wrong)).status);
    expect(new Set(statuses)).toEqual(new Set([401]));

    const { result, costs } = await hashesOf(() => signInFrom("192.0.2.99", accounts.owner));
    expect(result.status).toBe(429);
    expect(result.headers["set-cookie"]).toBeUndefined();
    expect(costs).toEqual([]);
    // Another spelling of the name counts as the same name.
    expect((await signInFrom("192.0.2.98", { ...wrong, username: " OLGA " })).status).toBe(429);

    system.advance(15 * 60 + 1);
    expect((await signInFrom("192.0.2.99", accounts.owner)).status).toBe(200);
  });

  it("cannot lock the real operator out: a source that signed in before has its own count [T41]", async () => {
    for (let round = 0; round < 11; round++) await signInFrom(`198.51.100.${round}`, wrong);
    expect((await signInFrom("203.0.113.1", accounts.owner)).status).toBe(429);
    expect((await signInFrom("192.0.2.99", accounts.owner)).status).toBe(200);
  });

  it("cannot lock an operator out of a source within 30 days of the last sign-in there, though the first is older [T41]", async () => {
    const days = (count: number) => system.advance(count * 86_400);
    days(1); // the counts of the tests before are over
    expect((await signInFrom("192.0.2.77", accounts.owner)).status).toBe(200);
    days(25);
    expect((await signInFrom("192.0.2.77", accounts.owner)).status).toBe(200);
    days(25);
    for (let round = 0; round < 11; round++) await signInFrom(`198.51.100.${round}`, costless);
    expect((await signInFrom("203.0.113.1", accounts.owner)).status, "a source without a sign-in").toBe(429);
    expect((await signInFrom("192.0.2.77", accounts.owner)).status).toBe(200);

    days(31);
    for (let round = 0; round < 11; round++) await signInFrom(`198.51.100.${round}`, costless);
    expect((await signInFrom("192.0.2.77", accounts.owner)).status, "31 days after the last one").toBe(429);
    system.advance(16 * 60);
  });

  it("cannot lock an operator out of the source from which a one-time link was redeemed [T41]", async () => {
    const secret = await createOperatorLink(system.app.deps, "viewer");
    const account = { username: "nora", password: "nora has a new desk" };
    const redeemed = await send(system, {
      method: "POST",
      path: "/admin/trpc/operator.redeemLink",
      headers: { "content-type": "application/json", "x-forwarded-for": "192.0.2.88" },
      body: JSON.stringify({ secret, ...account }),
    });
    expect(redeemed.status, redeemed.text).toBe(200);
    const guess = { ...account, password: costless.password };
    for (let round = 0; round < 11; round++) await signInFrom(`198.51.101.${round}`, guess);
    expect((await signInFrom("192.0.2.88", account)).status).toBe(200);
  });

  it("from many sources at once computes two hashes, lets twenty wait and refuses the rest with 429, and people sign in meanwhile [T100]", async () => {
    const hashes: (() => void)[] = [];
    held = hashes;
    const guesses = Array.from({ length: 40 }, (_, n) =>
      signInFrom(`198.51.100.${n}`, { username: `name ${n}`, password: "a wrong password" }),
    );
    const refused = new Promise<void>((resolve) => {
      let count = 0;
      for (const guess of guesses) void guess.then(() => ++count === 18 && resolve());
    });
    await refused;
    expect(hashes).toHaveLength(2);
    const person = system.browser({ person: "alice" });
    expect((await person.signIn()).status).toBe(200);
    expect(person.session).toBeDefined();

    held = undefined;
    for (const begin of hashes) begin();
    const statuses = (await Promise.all(guesses)).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(22).fill(401), ...Array(18).fill(429)]);
  });

  it("gets a 429 after 10 wrong ones from a source, over all names, one by one or in a batch [T35, T41]", async () => {
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
    const { result, costs } = await hashesOf(() =>
      signInFrom("203.0.113.50", { username: "guess11", password: "a wrong password" }),
    );
    expect([result.status, costs]).toEqual([429, []]);
    expect((await signInFrom("192.0.2.99", accounts.owner)).status).toBe(200);
  });
});

describe("a password", () => {
  it("is stored as a scrypt hash of 128 MiB with its own salt [T43]", async () => {
    const [first, second] = await Promise.all([
      hashPassword("olga owns it", defaultPasswordCost),
      hashPassword("olga owns it", defaultPasswordCost),
    ]);
    expect(first).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first.split("$")[3]).not.toBe(second.split("$")[3]);
    expect(await isPassword("olga owns it", second, defaultPasswordCost)).toBe(true);
  });

  it("is known by its hash after the cost of new hashes has changed", async () => {
    const stored = await hashPassword("olga owns it", { ...quickPasswordCost, log2N: 6, p: 2 });
    expect(stored).toMatch(/^\$scrypt\$ln=6,r=1,p=2\$/);
    expect(await isPassword("olga owns it", stored, quickPasswordCost)).toBe(true);
    expect(await isPassword("olga owned it", stored, quickPasswordCost)).toBe(false);
  });

  it("is compared exactly and to its last character [T43]", async () => {
    const long = `${"pässwörd 密码 ".repeat(10)}end`;
    expect(long.length).toBeGreaterThan(100);
    const stored = await hashPassword(long, quickPasswordCost);
    expect(await isPassword(long, stored, quickPasswordCost)).toBe(true);
    expect(await isPassword(long.normalize("NFD"), stored, quickPasswordCost)).toBe(true);
    for (const near of [`${long} `, long.slice(0, -1), `${long.slice(0, -1)}D`, long.toUpperCase(), ""]) {
      expect(await isPassword(near, stored, quickPasswordCost)).toBe(false);
    }
  });

  it("of the greatest length that is accepted is known again [T43]", async () => {
    const longest = "x1x1yz9!".repeat(32);
    expect(passwordProblem(longest, [])).toBeUndefined();
    const stored = await hashPassword(longest, quickPasswordCost);
    expect(await isPassword(longest, stored, quickPasswordCost)).toBe(true);
  });

  it("is refused without a hash if it is unreasonably long [T43]", async () => {
    const stored = await hashPassword("olga owns it", quickPasswordCost);
    const { result, costs } = await hashesOf(() =>
      isPassword("a".repeat(1_000_000), stored, quickPasswordCost),
    );
    expect([result, costs]).toEqual([false, []]);
  });

  it("never matches a damaged hash, which costs as much as a wrong password [T66]", async () => {
    const stored = await hashPassword("olga owns it", quickPasswordCost);
    const others = ["", "plain", "$scrypt$ln=17,r=8,p=1$$", "$2b$10$abcdefghijklmnopqrstuv"];
    for (const damaged of [...others, `x${stored}`, `${stored}$`]) {
      const { result, costs } = await hashesOf(() => isPassword("olga owns it", damaged, quickPasswordCost));
      expect([result, costs]).toEqual([false, oneHash]);
    }
  });
});
