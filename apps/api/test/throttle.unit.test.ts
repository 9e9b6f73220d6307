import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { floodKey } from "../src/db/throttles.js";
import { countAttempt } from "../src/domain/attempt-counter.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { hashSecret } from "../src/domain/key-ring.js";
import { closeFloods, entriesPerHour } from "../src/domain/operators/floods.js";
import { createOperatorLink, redeemOperatorLink } from "../src/domain/operators/links.js";
import { changePassword } from "../src/domain/operators/passwords.js";
import { findOperator } from "../src/domain/operators/sessions.js";
import { signInOperator } from "../src/domain/operators/sign-in.js";
import { isKnownSource, markKnownSource, releaseAttempt, throttle } from "../src/domain/throttle.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { signedIn } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeAll(async () => {
  harness = await startDomainHarness();
});
afterAll(() => harness.close());

const windowSeconds = 15 * 60;
const from = (source: string) => ({ ...visitor, ip: source, source });

/** What came of it: `ok`, the reason of a refusal, or the seconds to wait. */
async function resultOf(action: Promise<unknown>): Promise<string | number> {
  return action.then(
    () => "ok",
    (error: { reason?: string; retryAfterSeconds?: number }) =>
      error.retryAfterSeconds ?? error.reason ?? String(error),
  );
}

/** The results of as many attempts, one after the other. */
async function times(count: number, attempt: (n: number) => Promise<unknown>) {
  const results = [];
  for (let n = 0; n < count; n++) results.push(await resultOf(attempt(n)));
  return results;
}

const many = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe("a throttle", () => {
  const limit = { max: 3, windowSeconds: 100 };
  const attempt = (key = "a") => throttle(harness.deps, key, limit);

  it("allows as many attempts as its limit says, then none until its window ends, and says in whole seconds how long", async () => {
    expect(await times(4, () => attempt())).toEqual(["ok", "ok", "ok", 100]);
    expect(await times(2, () => attempt("b")), "another key").toEqual(["ok", "ok"]);
    harness.advance(98.5);
    expect(await times(1, () => attempt())).toEqual([2]);
    harness.advance(1.499);
    expect(await times(1, () => attempt())).toEqual([1]);
    harness.advance(0.001);
    expect(await times(4, () => attempt())).toEqual(["ok", "ok", "ok", 100]);
  });

  it("takes back the attempts of the given keys, one each, and of no other key", async () => {
    const count = async (key: string) => (await countAttempt(harness.deps, key, 100)).count;
    for (const key of ["x", "y", "z"]) await times(2, () => count(key));
    await releaseAttempt(harness.deps, "x", "y");
    expect([await count("x"), await count("y"), await count("z")]).toEqual([2, 2, 3]);
  });

  it("begins anew where the clock was set back by more than its window, and not where it was set back by less [T89]", async () => {
    const attempt = () => throttle(harness.deps, "key", { max: 2, windowSeconds });
    expect(await times(3, attempt)).toEqual(["ok", "ok", windowSeconds]);
    harness.advance(1 - windowSeconds);
    expect(await times(1, attempt)).toEqual([2 * windowSeconds - 1]);
    harness.advance(-2);
    expect(await times(3, attempt)).toEqual(["ok", "ok", windowSeconds]);
  });

  it("counts from the first attempt of a window: later ones do not move its end", async () => {
    const start = harness.deps.now();
    const count = async () => {
      const { count: attempts, endsAt } = await countAttempt(harness.deps, "window", 60);
      return [attempts, (endsAt.getTime() - start.getTime()) / 1000];
    };
    expect(await count()).toEqual([1, 60]);
    harness.advance(59.999);
    expect(await count()).toEqual([2, 60]);
    harness.advance(0.001);
    expect(await count()).toEqual([1, 120]);
  });
});

describe("a known source", () => {
  it("is known for 30 days after the operator last signed in there, to the millisecond, and for that operator only", async () => {
    const { deps } = harness;
    const isKnown = () => isKnownSource(deps, "olga", "203.0.113.1");
    expect(await isKnown()).toBe(false);
    await markKnownSource(deps, "olga", "203.0.113.1");
    harness.advance(20 * 86_400);
    await markKnownSource(deps, "olga", "203.0.113.1");
    expect([
      await isKnown(),
      await isKnownSource(deps, "otto", "203.0.113.1"),
      await isKnownSource(deps, "olga", "203.0.113.2"),
    ]).toEqual([true, false, false]);
    harness.advance(30 * 86_400 - 0.001);
    expect(await isKnown()).toBe(true);
    harness.advance(0.001);
    expect(await isKnown()).toBe(false);
  });
});

describe("guessing the names of operators", () => {
  const hour = 3_600;
  const guess = (n: number) =>
    signInOperator(harness.deps, { username: `name ${n}`, password: "a wrong one" }, from(`203.0.113.${n}`));
  const guessLink = (n: number) =>
    redeemOperatorLink(
      harness.deps,
      { secret: "A".repeat(43), username: `name-${n}`, password: "mei li chi ku" },
      from(`203.0.113.${n}`),
    );
  /** The entries that are new, each as often as it is there. */
  async function newEntries(): Promise<Record<string, number>> {
    const rows = await harness.db.consoleQuery((orm, t) => orm.delete(t.auditLog).returning());
    const texts = rows.map(({ event, target, result, operatorId, ip }) =>
      [
        event,
        event.endsWith("_flood") ? target : "",
        result,
        operatorId,
        ip === null ? "no address" : "",
      ].join(" "),
    );
    return Object.fromEntries(
      [...new Set(texts)].map((text) => [text, texts.filter((one) => one === text).length]),
    );
  }

  const floods = async () =>
    (await rowsOf(harness.db, "throttles")).filter(({ key }) => key.startsWith("flood:"));

  it("leaves 100 entries an hour, and after the hour one with the number of the others, for sign-ins and for links [T97]", async () => {
    const untilHour = hour - ((harness.deps.now().getTime() / 1000) % hour);
    harness.advance(untilHour);
    await closeFloods(harness.deps);
    await newEntries();
    const minute = 60;
    expect(await times(entriesPerHour, guess)).toEqual(many(entriesPerHour, "wrong_credentials"));
    expect(await times(entriesPerHour + 1, guessLink)).toEqual(many(entriesPerHour + 1, "link_invalid"));
    harness.advance(minute);
    expect(await times(7, guess)).toEqual(many(7, "wrong_credentials"));
    expect(await newEntries()).toEqual({
      "operator.sign_in  denied  ": 100,
      "operator.redeem_link  denied  ": 100,
    });
    harness.advance(hour - minute - 1);
    await closeFloods(harness.deps);
    harness.advance(0.999);
    await deleteExpired(harness.deps);
    expect(await newEntries()).toEqual({});
    harness.advance(0.001);
    await times(2, guess); // in the next hour's count, and no part of the last one's
    await Promise.all([deleteExpired(harness.deps), deleteExpired(harness.deps)]);
    expect(await newEntries()).toEqual({
      "operator.sign_in_flood 7 denied  no address": 1,
      "operator.redeem_link_flood 1 denied  no address": 1,
      "operator.sign_in  denied  ": 2,
    });
    harness.advance(2 * hour);
    await closeFloods(harness.deps);
    expect(await newEntries(), "an hour with two is no flood").toEqual({});
    expect(await floods()).toEqual([]);
  });

  it("is no flood up to 100 entries, and one that could not be recorded is still there the next time [T97]", async () => {
    const flood = { key: floodKey("operator.sign_in", 1), expiresAt: harness.deps.now() };
    await newEntries();
    await addRows(harness.db, "throttles", [{ ...flood, count: entriesPerHour }]);
    await closeFloods(harness.deps);
    expect([await floods(), await newEntries()]).toEqual([[], {}]);

    await addRows(harness.db, "throttles", [{ ...flood, count: entriesPerHour + 1 }]);
    const away = new Error("the database is away");
    const db = { ...harness.db, batch: () => Promise.reject(away) };
    await expect(closeFloods({ ...harness.deps, db })).rejects.toBe(away);
    await closeFloods(harness.deps);
    expect(await floods()).toEqual([]);
    expect(await newEntries()).toEqual({ "operator.sign_in_flood 1 denied  no address": 1 });
  });
});

describe("guessing an operator's password", () => {
  const right = { username: "gina", password: "gina guards the gate" };
  const guess = (source: string, username = right.username) =>
    signInOperator(harness.deps, { username, password: "a wrong one" }, from(source));
  const signIn = (source: string) => signInOperator(harness.deps, right, from(source));

  beforeAll(async () => {
    const secret = await createOperatorLink(harness.deps, "operator");
    await redeemOperatorLink(harness.deps, { secret, ...right }, from("198.51.100.1"));
  });
  // The windows of the test before are over.
  beforeEach(() => harness.advance(windowSeconds));

  it("is refused for a name after 10 wrong ones from any sources, for 15 minutes, while another name goes on [T41]", async () => {
    const results = await times(12, (n) => guess(`192.0.2.${n}`));
    expect(results).toEqual([...many(10, "wrong_credentials"), windowSeconds, windowSeconds]);
    expect(await times(1, () => guess("192.0.2.100", "someone else"))).toEqual(["wrong_credentials"]);
    expect(await times(1, () => signIn("192.0.2.101")), "the right one").toEqual([windowSeconds]);
    harness.advance(windowSeconds - 0.001);
    expect(await times(1, () => guess("192.0.2.102"))).toEqual([1]);
    harness.advance(0.001);
    expect(await times(11, (n) => guess(`192.0.2.${n}`))).toEqual([
      ...many(10, "wrong_credentials"),
      windowSeconds,
    ]);
  });

  it("is refused for a source after 10 wrong ones for any names, without using up the attempts of the names [T41]", async () => {
    const results = await times(11, (n) => guess("192.0.2.200", `name-${n}`));
    expect(results).toEqual([...many(10, "wrong_credentials"), windowSeconds]);
    expect(await times(20, () => guess("192.0.2.200"))).toEqual(many(20, windowSeconds));
    expect(await times(1, () => guess("192.0.2.201"))).toEqual(["wrong_credentials"]);
    harness.advance(windowSeconds - 0.001);
    expect(await times(1, () => guess("192.0.2.200"))).toEqual([1]);
    harness.advance(0.001);
    expect(await times(1, () => guess("192.0.2.200"))).toEqual(["wrong_credentials"]);
  });

  it("leaves the operator room: after 9 wrong ones the right one works, is not counted, and its source is known from then on [T41]", async () => {
    const source = "192.0.2.210";
    expect(await times(9, () => guess(source))).toEqual(many(9, "wrong_credentials"));
    expect(await times(1, () => signIn(source))).toEqual(["ok"]);
    // The name had 9 and the source 9: each has one attempt left.
    expect(await times(2, () => guess("192.0.2.211"))).toEqual(["wrong_credentials", windowSeconds]);
    expect(await times(2, () => guess(source, "another name"))).toEqual(["wrong_credentials", windowSeconds]);
    // Now known, this source has a count of its own for this operator, and it is 0.
    expect(await times(11, () => guess(source))).toEqual([...many(10, "wrong_credentials"), windowSeconds]);
  });

  it("is recorded with the account that it was for, if there is one, and with the address instead of its network [T50]", async () => {
    const [gina] = (await rowsOf(harness.db, "operators")).filter(({ username }) => username === "gina");
    await harness.db.consoleQuery((orm, t) => orm.delete(t.auditLog).returning());
    const client = { ...visitor, ip: "2001:db8:1:2::7", source: "2001:db8:1:2::/64" };
    for (const username of [" GINA ", "a stranger"]) {
      const guessed = signInOperator(harness.deps, { username, password: "a wrong one" }, client);
      expect(await resultOf(guessed)).toBe("wrong_credentials");
    }
    const entry = {
      ...{ id: expect.any(String), at: harness.deps.now(), event: "operator.sign_in", target: null },
      ...{ result: "denied", errcode: null, ip: "2001:db8:1:2::7", sealNumber: null, seal: null },
    };
    const entries = await rowsOf(harness.db, "auditLog");
    expect(entries.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { ...entry, operatorId: gina?.id },
      { ...entry, operatorId: null },
    ]);
  });

  it("is counted for a known source alone, which a success there takes back", async () => {
    const source = "198.51.100.1";
    expect(await times(9, () => guess(source))).toEqual(many(9, "wrong_credentials"));
    expect(await times(1, () => signIn(source))).toEqual(["ok"]);
    expect(await times(2, () => guess(source))).toEqual(["wrong_credentials", windowSeconds]);
    expect(await times(1, () => guess("192.0.2.220")), "the name's own count").toEqual(["wrong_credentials"]);
  });
});

describe("an operator's other attempts", () => {
  const account = { username: "lena", password: "lena likes long words" };
  const redeem = (secret: string, source: string) =>
    redeemOperatorLink(harness.deps, { secret, ...account }, from(source));

  beforeEach(() => harness.advance(windowSeconds));

  it("allow 10 wrong links from one source in 15 minutes; a right one is not counted, another source is free [T41]", async () => {
    const source = "192.0.2.30";
    const wrong = (n: number) => redeem(n % 2 ? "A".repeat(43) : "no link at all", source);
    expect(await times(9, wrong)).toEqual(many(9, "link_invalid"));
    const secret = await createOperatorLink(harness.deps, "operator");
    expect(await times(1, () => redeem(secret, source))).toEqual(["ok"]);
    expect(await times(2, wrong)).toEqual(["link_invalid", windowSeconds]);
    expect(await times(1, () => redeem("A".repeat(43), "192.0.2.31"))).toEqual(["link_invalid"]);
  });

  it("allow 10 wrong current passwords of one operator in 15 minutes; a change is not counted, another operator is free [T41, T48]", async () => {
    const secret = await createOperatorLink(harness.deps, "operator");
    const { operator } = signedIn(await redeem(secret, "192.0.2.32"));
    const change = (current: string, id = operator.id) =>
      changePassword(harness.deps, { ...operator, id }, { current, next: account.password }, visitor);
    const wrong = "a wrong one";
    expect(await times(9, () => change(wrong))).toEqual(many(9, "wrong_credentials"));
    expect(await times(1, () => change(account.password))).toEqual(["ok"]);
    expect(await times(2, () => change(wrong))).toEqual(["wrong_credentials", windowSeconds]);
    expect(await times(1, () => change(wrong, "another operator"))).toEqual(["wrong_credentials"]);
  });
});

describe("a one-time link", () => {
  it("is stored as a hash with its role, and works until 15 minutes are over, to the millisecond [T40]", async () => {
    const account = { username: "ines", password: "ines is the last one" };
    const now = harness.deps.now();
    const links = await Promise.all([
      createOperatorLink(harness.deps, "viewer"),
      createOperatorLink(harness.deps, "owner"),
    ]);
    const stored = await rowsOf(harness.db, "operatorLinks");
    const times15 = { createdAt: now, expiresAt: new Date(now.getTime() + windowSeconds * 1000) };
    expect(stored.sort((a, b) => (a.role < b.role ? -1 : 1))).toEqual([
      { role: "owner", ...times15, secretHash: hashSecret(links[1]) },
      { role: "viewer", ...times15, secretHash: hashSecret(links[0]) },
    ]);

    harness.advance(windowSeconds - 0.001);
    const { operator, secret } = signedIn(
      await redeemOperatorLink(harness.deps, { secret: links[0], ...account }, from("192.0.2.40")),
    );
    expect(operator).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      username: "ines",
      role: "viewer",
      mustEnrol: false,
    });
    expect(await findOperator(harness.deps, secret)).toEqual(operator);
    harness.advance(0.001);
    const late = redeemOperatorLink(harness.deps, { secret: links[1], ...account }, from("192.0.2.41"));
    expect(await resultOf(late)).toBe("link_invalid");
  });

  it("of a higher role gives an operator a new password and ends their sessions, but never that role; others keep theirs [T44]", async () => {
    const redeem = async (role: "viewer" | "owner", username: string, password: string) =>
      signedIn(
        await redeemOperatorLink(
          harness.deps,
          { secret: await createOperatorLink(harness.deps, role), username, password },
          from("192.0.2.50"),
        ),
      );
    const first = await redeem("viewer", "vera", "vera looks at lists");
    const other = await redeem("owner", "olga", "olga owns the house");
    const again = await redeem("owner", "vera", "vera looks once more");
    expect(again.operator).toEqual({
      id: first.operator.id,
      username: "vera",
      role: "viewer",
      mustEnrol: false,
    });
    expect(await findOperator(harness.deps, again.secret)).toEqual(again.operator);
    expect(await findOperator(harness.deps, first.secret)).toBeUndefined();
    expect(await findOperator(harness.deps, other.secret)).toEqual(other.operator);
    const signIn = (password: string) =>
      signInOperator(harness.deps, { username: "vera", password }, from("192.0.2.50"));
    expect(await times(1, () => signIn("vera looks at lists"))).toEqual(["wrong_credentials"]);
    expect(signedIn(await signIn("vera looks once more")).operator).toEqual(again.operator);
  });
});
