import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishEvents } from "../src/domain/events/publish.js";
import { operations } from "../src/domain/hosts/operations/index.js";
import { hostScopes } from "../src/domain/hosts/scopes.js";
import { createHost, type Host } from "./support/hosts.js";
import { addRows } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

// Two people at two hosts, and ids that are alike on purpose: Ben is 42 at `other` as Alice is at `shop`, and he has her openid
// in another app.

const day = Date.UTC(2026, 0, 1);
const time = (minutes: number) => new Date(day + minutes * 60_000);
const iso = (minutes: number) => time(minutes).toISOString();

const [carolId, aliceId, benId, danId] = [1, 2, 3, 4].map((n) => `01KDVW00000000000000000ZZ${n}`) as [
  ...[string, string, string, string],
];

let system: System;
let shop: Host;
let other: Host;
/** A host that may read users and not their openids. */
let blind: Host;
let web: string;
let oa: string;

beforeAll(async () => {
  system = await startSystem();
  web = system.website.appId;
  oa = system.officialAccount.appId;
  shop = await createHost(system);
  other = await createHost(system, { id: "other", origin: "https://other.example" });
  blind = await createHost(system, {
    ...{ id: "blind", origin: "https://blind.example" },
    scopes: ["users:read", "users:write"],
  });
  await addRows(system.db, "users", [
    { id: carolId, createdAt: time(0), mergedInto: aliceId },
    { id: aliceId, createdAt: time(1), lastSignInAt: time(30) },
    // In the same millisecond: the id decides.
    { id: benId, createdAt: time(1), status: "blocked" },
    { id: danId, createdAt: time(2) },
  ]);
  const binding = { scope: "snsapi_login", createdAt: time(1) };
  await addRows(system.db, "bindings", [
    {
      ...{
        ...binding,
        id: "alice-web",
        userId: aliceId,
        appId: web,
        openid: "oSame",
        unionid: "uAlice00000",
      },
      ...{ nickname: "Alice", avatarUrl: "https://thirdwx.qlogo.cn/alice/132", lastSignInAt: time(20) },
    },
    {
      ...{ ...binding, id: "alice-oa", userId: aliceId, appId: oa, openid: "oAliceOa", createdAt: time(5) },
      // Nothing of it would be seen.
      ...{ nickname: "\u3164", avatarUrl: "https://tracker.example/1", lastSignInAt: time(30) },
    },
    {
      ...{ ...binding, id: "ben-oa", userId: benId, appId: oa, openid: "oSame", unionid: "uBen0000000" },
      lastSignInAt: time(3),
    },
    {
      ...{
        ...binding,
        id: "ben-gone",
        userId: benId,
        appId: "wxgone",
        openid: "oBenGone",
        createdAt: time(2),
      },
      lastSignInAt: time(4),
    },
  ]);
  await addRows(system.db, "externalUsers", [
    { clientId: "shop", externalId: "42", userId: aliceId, createdAt: time(2) },
    // What the merge with Carol brought: set later, so it does not count.
    { clientId: "shop", externalId: "1", userId: aliceId, createdAt: time(3) },
    { clientId: "other", externalId: "alice-at-other", userId: aliceId, createdAt: time(1) },
    { clientId: "other", externalId: "42", userId: benId, createdAt: time(2) },
  ]);
});
afterAll(() => system.close());

const alice = () => ({
  id: aliceId,
  status: "active",
  externalId: "42",
  createdAt: iso(1),
  lastSignInAt: iso(30),
  profile: { nickname: "Alice", avatarUrl: "https://thirdwx.qlogo.cn/alice/132" },
  bindings: [
    {
      ...{ id: "alice-web", appId: web, app: "web", openid: "oSame", unionid: "uAlice00000" },
      ...{ scope: "snsapi_login", createdAt: iso(1), lastSignInAt: iso(20) },
    },
    {
      ...{ id: "alice-oa", appId: oa, app: "oa", openid: "oAliceOa", unionid: null },
      ...{ scope: "snsapi_login", createdAt: iso(5), lastSignInAt: iso(30) },
    },
  ],
});
const ben = () => ({
  id: benId,
  status: "blocked",
  externalId: null,
  createdAt: iso(1),
  lastSignInAt: null,
  profile: null,
  bindings: [
    {
      ...{ id: "ben-oa", appId: oa, app: "oa", openid: "oSame", unionid: "uBen0000000" },
      ...{ scope: "snsapi_login", createdAt: iso(1), lastSignInAt: iso(3) },
    },
    {
      ...{ id: "ben-gone", appId: "wxgone", app: null, openid: "oBenGone", unionid: null },
      ...{ scope: "snsapi_login", createdAt: iso(2), lastSignInAt: iso(4) },
    },
  ],
});
const dan = () => ({
  ...{ id: danId, status: "active", externalId: null, createdAt: iso(2), lastSignInAt: null },
  ...{ profile: null, bindings: [] },
});

const withoutIdentities = (user: ReturnType<typeof alice | typeof ben>) => ({
  ...user,
  bindings: user.bindings.map(({ openid: _, unionid: __, ...binding }) => binding),
});
const ok = (body: object) => ({ status: 200, body });
const page = (...items: object[]) => ok({ items, nextCursor: null });

describe("reading a user through the host API", () => {
  it("answers profile, bindings and the external id of that host and no other [T118]", async () => {
    expect(await shop.call("GET", `/users/${aliceId}`)).toEqual(ok(alice()));
    expect(await other.call("GET", `/users/${aliceId}`)).toEqual(
      ok({ ...alice(), externalId: "alice-at-other" }),
    );
    expect(await shop.call("GET", `/users/${benId}`)).toEqual(ok(ben()));
    expect(await other.call("GET", `/users/${benId}`)).toEqual(ok({ ...ben(), externalId: "42" }));
  });

  it("leaves openid and unionid out for a key without identities:read [T110]", async () => {
    expect(await blind.call("GET", `/users/${aliceId}`)).toEqual(
      ok(withoutIdentities({ ...alice(), externalId: null as never })),
    );
    for (const filter of ["app=web&openid=oSame", "unionid=uAlice00000"]) {
      expect(await blind.call("GET", `/users?${filter}`)).toMatchObject({
        status: 403,
        body: { code: "scope_missing" },
      });
    }
  });

  it("tells no openid and no unionid in any answer to a key with every scope but identities:read [T110]", async () => {
    const link = { externalId: "42", label: "Alice", returnTo: "https://shop.example/wechat/return" };
    const readEverything = async (host: Host) => {
      const made = [
        await host.call("POST", "/bind-links", { ...link, nonce: "n0nce-of-the-shop~1" }),
        await host.call("POST", "/webhooks", { url: "https://shop.example/webhook" }),
      ];
      const [linkId, webhookId] = made.map(({ body }) => (body as { id: string }).id);
      const ids = { "/users": aliceId, "/bind-links": linkId, "/webhooks": webhookId, "/apps": "oa" };
      const paths = operations.flatMap(({ method, path }) => {
        const id = Object.entries(ids).find(([start]) => path.startsWith(start))?.[1] ?? "";
        return method === "GET" ? [path.replace(/\{\w+\}/, id)] : [];
      });
      const answers = await Promise.all(paths.map((path) => host.call("GET", path)));
      expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
      return JSON.stringify(answers).match(/oSame|oAliceOa|oBenGone|uAlice00000|uBen0000000/g) ?? [];
    };
    await publishEvents(system.app.deps);
    const scopes = hostScopes.filter((scope) => scope !== "identities:read");
    expect(await readEverything(await createHost(system, { id: "nosy", scopes }))).toEqual([]);
    expect(await readEverything(await createHost(system, { id: "trusted" }))).toContain("uAlice00000");
  });

  it("answers the survivor for the id of a user who was merged [T116]", async () => {
    expect(await shop.call("GET", `/users/${carolId}`)).toEqual(ok(alice()));
    expect(await shop.call("GET", "/users/01KDVW00000000000000000ZZZ")).toMatchObject({
      status: 404,
      body: { code: "not_found" },
    });
  });

  it("lists all users newest first, a page at a time, without one who was merged", async () => {
    expect(await shop.call("GET", "/users")).toEqual(page(dan(), ben(), alice()));
    const first = (await shop.call("GET", "/users?limit=2")).body as { items: object[]; nextCursor: string };
    expect(first.items).toEqual([dan(), ben()]);
    expect(await shop.call("GET", `/users?limit=2&cursor=${first.nextCursor}`)).toEqual(page(alice()));
    expect(await other.call("GET", `/users?cursor=${first.nextCursor}`)).toMatchObject({
      status: 400,
      body: { code: "input_invalid" },
    });
  });

  it("finds a user by the exact external id of that host, openid or unionid, and no other user [T118]", async () => {
    expect(await shop.call("GET", "/users?externalId=42")).toEqual(page(alice()));
    expect(await other.call("GET", "/users?externalId=42")).toEqual(page({ ...ben(), externalId: "42" }));
    expect(await shop.call("GET", "/users?externalId=alice-at-other")).toEqual(page());
    expect(await shop.call("GET", "/users?app=web&openid=oSame")).toEqual(page(alice()));
    expect(await shop.call("GET", "/users?app=oa&openid=oSame")).toEqual(page(ben()));
    expect(await shop.call("GET", "/users?app=oa&openid=osame")).toEqual(page());
    expect(await shop.call("GET", "/users?unionid=uAlice00000")).toEqual(page(alice()));
    for (const filter of ["openid=oSame", "app=web", "app=none&openid=oSame", "externalId=42&unionid=u"]) {
      expect(await shop.call("GET", `/users?${filter}`)).toMatchObject({
        status: 400,
        body: { code: "input_invalid" },
      });
    }
  });
});
