import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { accounts, Console, makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;

describe("a fresh install", () => {
  beforeEach(async () => {
    system = await startSystem();
  });
  afterEach(() => system.close());

  it("has no operator and no working default password [T40]", async () => {
    expect(await rowsOf(system.db, "operators")).toEqual([]);
    const console = new Console(system);
    for (const username of ["admin", "root", "operator"]) {
      expect((await console.signIn({ username, password: "admin" })).status).toBe(401);
    }
    expect((await console.query("operator.me")).data).toBeNull();
  });

  it("gets its first operator through a link that works once, is stored hashed and never logged [T40]", async () => {
    const secret = await createOperatorLink(system.app.deps, "owner");
    const [row] = await rowsOf(system.db, "operatorLinks");
    expect(JSON.stringify(row)).not.toContain(secret);

    const first = await new Console(system).mutate("operator.redeemLink", { secret, ...accounts.owner });
    expect(first.data).toMatchObject({ username: accounts.owner.username, role: "owner" });
    const again = await new Console(system).mutate("operator.redeemLink", {
      secret,
      username: "mallory",
      password: "mallory was here",
    });
    expect(again.status).toBe(400);
    expect(again.error?.data.appCode).toBe("link_invalid");
    expect(await rowsOf(system.db, "operators")).toHaveLength(1);
    expect(system.logLines.join("")).not.toContain(secret);
    expect(system.logLines.join("")).not.toContain(accounts.owner.password);
  });

  it("has a link that expires after 15 minutes [T40]", async () => {
    const secret = await createOperatorLink(system.app.deps, "owner");
    system.advance(15 * 60 + 1);
    const late = await new Console(system).mutate("operator.redeemLink", { secret, ...accounts.owner });
    expect(late.error?.data.appCode).toBe("link_invalid");
    expect(await rowsOf(system.db, "operators")).toEqual([]);
  });

  it("gets one operator if two people use the link at once [T40]", async () => {
    const secret = await createOperatorLink(system.app.deps, "owner");
    const answers = await Promise.all(
      ["anna", "berta"].map((username) =>
        new Console(system).mutate("operator.redeemLink", { secret, username, password: "a fine password" }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await rowsOf(system.db, "operators")).toHaveLength(1);
  });

  it("has a link that an unacceptable name or password does not spend [T40]", async () => {
    const secret = await createOperatorLink(system.app.deps, "owner");
    const console = new Console(system);
    for (const unfit of [
      { username: "olga", password: "short" },
      { username: "olga", password: "password123" },
      { username: "brandtolga", password: "brandtolga7" },
      { username: "olga", password: "山茶书店2026" },
    ]) {
      const answer = await console.mutate("operator.redeemLink", { secret, ...unfit });
      expect([answer.status, answer.error?.data.appCode], unfit.password).toEqual([400, "password_unfit"]);
    }
    const unfit = { username: "o l g a", password: "olga owns the house" };
    expect((await console.mutate("operator.redeemLink", { secret, ...unfit })).status).toBe(400);
    expect((await console.mutate("operator.redeemLink", { secret, ...accounts.owner })).status).toBe(200);
  });

  it("takes the role from the link, whatever the browser sends [T45]", async () => {
    const secret = await createOperatorLink(system.app.deps, "viewer");
    const console = new Console(system);
    const given = { ...accounts.viewer, secret, role: "owner", status: "active", id: "x" };
    expect((await console.mutate("operator.redeemLink", given)).data).toMatchObject({ role: "viewer" });
    expect((await rowsOf(system.db, "operators"))[0]).toMatchObject({ role: "viewer" });
  });

  it("has links that cannot take over an operator of a higher role, and trying does not spend them [T44]", async () => {
    await makeOperator(system, "owner");
    const secret = await createOperatorLink(system.app.deps, "viewer");
    const thief = new Console(system);
    const given = { secret, username: accounts.owner.username, password: "not olga's word at all" };
    const taken = await thief.mutate("operator.redeemLink", given);
    expect([taken.error?.data.appCode, taken.error?.message]).toEqual([
      ...["username_unfit", "this name is taken; choose another"],
    ]);
    expect((await new Console(system).signIn(accounts.owner)).status).toBe(200);
    const own = await thief.mutate("operator.redeemLink", { secret, ...accounts.viewer });
    expect(own.data).toMatchObject({ username: "vera", role: "viewer" });
  });

  it("has links whose secret is not a session, and guessing them is throttled [T22]", async () => {
    const secret = await createOperatorLink(system.app.deps, "owner");
    const console = new Console(system);
    console.browser.cookies.set("wl_operator", secret);
    expect((await console.query("operator.me")).data).toBeNull();

    const guess = (letter: string) => ({ ...accounts.owner, secret: letter.repeat(43) });
    for (let round = 0; round < 10; round++) {
      expect((await console.mutate("operator.redeemLink", guess("abcdefghij"[round] ?? ""))).status).toBe(
        400,
      );
    }
    expect((await console.mutate("operator.redeemLink", guess("z"))).status).toBe(429);
  });
});

describe("an operator's session", () => {
  let owner: Console;
  beforeAll(async () => {
    system = await startSystem();
    owner = await makeOperator(system);
  });
  afterAll(() => system.close());

  it("is a SameSite=Strict, HttpOnly cookie for the whole host, removed with the same attributes and what the browser cached [T21, T56]", async () => {
    const console = new Console(system);
    const signedIn = await console.signIn(accounts.owner);
    expect(signedIn.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^wl_operator=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/),
    ]);
    const copy = console.browser.copy();
    const signedOut = await console.mutate("operator.signOut");
    expect(signedOut.headers.getSetCookie()).toEqual([
      "wl_operator=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    ]);
    expect(signedOut.headers.get("clear-site-data")).toBe('"cache"');
    expect((await copy.query("people.list", {}, "/admin/trpc")).status).toBe(401);
    expect((await owner.query("people.list", {})).status).toBe(200);
  });

  it("is stored hashed, and no stored value works in its place [T22]", async () => {
    const rows = await rowsOf(system.db, "operatorSessions");
    expect(rows.length).toBeGreaterThan(0);
    for (const value of rows.flatMap((row) => Object.values(row))) {
      const console = new Console(system);
      console.browser.cookies.set("wl_operator", String(value));
      expect((await console.query("operator.me")).data).toBeNull();
      expect(value).not.toBe(owner.session);
    }
  });

  it("does not work as a person's session [T22]", async () => {
    const browser = system.browser();
    browser.cookies.set("wl_session", owner.session);
    expect((await browser.query("session.get")).data).toBeNull();
  });

  it("is replaced by a change of password, which requires the current one and ends the other sessions [T20, T48]", async () => {
    const other = new Console(system);
    await other.signIn(accounts.owner);
    const before = owner.browser.copy();
    const next = "olga changed her mind";

    const denied = await owner.mutate("operator.changePassword", { current: "not it at all", next });
    expect(denied.status).toBe(401);
    expect((await other.query("operator.me")).data).not.toBeNull();

    const current = accounts.owner.password;
    const unfit = await owner.mutate("operator.changePassword", {
      current,
      next: `${accounts.owner.username}2026`,
    });
    expect([unfit.status, unfit.error?.data.appCode]).toEqual([400, "password_unfit"]);
    expect((await other.query("operator.me")).data).not.toBeNull();
    expect((await owner.mutate("operator.changePassword", { current, next })).status).toBe(200);
    expect((await other.query("operator.me")).data).toBeNull();
    expect((await before.query("operator.me", undefined, "/admin/trpc")).data).toBeNull();
    expect((await owner.query("operator.me")).data).toMatchObject({ role: "owner" });
    expect((await new Console(system).signIn(accounts.owner)).status).toBe(401);

    await owner.mutate("operator.changePassword", { current: next, next: current });
  });

  it("decides whose password is changed, not the input [T45]", async () => {
    const viewer = await makeOperator(system, "viewer");
    const [row] = (await rowsOf(system.db, "operators")).filter(({ role }) => role === "owner");
    const answer = await viewer.mutate("operator.changePassword", {
      current: accounts.viewer.password,
      next: "vera wants to be olga",
      username: accounts.owner.username,
      operatorId: row?.id,
      role: "owner",
    });
    expect(answer.status).toBe(200);
    const after = (await rowsOf(system.db, "operators")).find(({ id }) => id === row?.id);
    expect(after?.passwordHash).toBe(row?.passwordHash);
    expect((await viewer.query("operator.me")).data).toMatchObject({ username: "vera", role: "viewer" });
  });

  it("loses its rights at the next request after a demotion or disabling [T47]", async () => {
    const otto = await makeOperator(system, "operator");
    const refresh = () => otto.mutate("tokens.refreshApp", { appId: "wx0000000000000000", reason: "a try" });
    expect((await refresh()).status).toBe(404);
    await change({ role: "viewer" });
    expect((await refresh()).status).toBe(403);
    expect((await otto.query("people.list", {})).status).toBe(200);
    await change({ status: "disabled" });
    expect((await otto.query("people.list", {})).status).toBe(401);
    expect((await otto.query("operator.me")).data).toBeNull();
    expect((await otto.signIn(accounts.operator)).status).toBe(401);

    function change(to: { role?: "viewer"; status?: "disabled" }) {
      return system.db.consoleQuery((orm, t) =>
        orm.update(t.operators).set(to).where(eq(t.operators.username, "otto")).returning(),
      );
    }
  });

  it("leaves audit entries of who did what, when, from where, with what result [T50]", async () => {
    const [row] = (await rowsOf(system.db, "operators")).filter(({ role }) => role === "owner");
    const entries = await rowsOf(system.db, "auditLog");
    const recorded = new Set(entries.map(({ event, result }) => `${event} ${result}`));
    expect(recorded).toEqual(
      new Set([
        "operator.redeem_link ok",
        "operator.sign_in ok",
        "operator.sign_in denied",
        "operator.sign_out ok",
        "operator.change_password ok",
        "operator.change_password denied",
      ]),
    );
    for (const entry of entries) {
      expect(entry).toMatchObject({ at: expect.any(Date), ip: expect.stringMatching(/127\.0\.0\.1|::1/) });
    }
    expect(entries.some(({ operatorId }) => operatorId === row?.id)).toBe(true);
  });

  it("ends after 30 idle minutes, and after 12 hours in any case [T25]", async () => {
    const console = new Console(system);
    await console.signIn(accounts.owner);
    for (let minutes = 0; minutes < 12 * 60 - 25; minutes += 25) {
      expect((await console.query("operator.me")).data, `${minutes} min`).not.toBeNull();
      system.advance(25 * 60);
    }
    system.advance(25 * 60);
    expect((await console.query("operator.me")).data).toBeNull();
    expect((await owner.query("operator.me")).data).toBeNull();
  });
});
