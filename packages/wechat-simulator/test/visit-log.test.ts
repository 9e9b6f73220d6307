import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { demoOfficialAccount, type LoggedRequest, type Simulator, startSimulator } from "../src/index.js";
import { authorizeUrl, open, openAs, qrUrl, tap } from "./phone.js";

// What the request log has of each visit to one of WeChat's pages: exactly one entry, as a whole.

const at = "2026-01-31T04:00:00.000Z";
let simulator: Simulator;
let uuid: string;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => Date.parse(at) });
});
beforeEach(async () => {
  simulator.reset();
  simulator.settings({ qrPollSeconds: 0 });
  uuid = /data-uuid="([^"]+)"/.exec(await (await open(qrUrl(simulator))).text())?.[1] ?? "";
  simulator.clearRequests();
});
afterAll(() => simulator.close());

type Expected = Partial<Omit<LoggedRequest, "reason" | "answer">> & { reason?: string; answer?: unknown };

const confirm = (shown = uuid) => `${simulator.url}/connect/confirm?uuid=${shown}`;
const base = () => authorizeUrl(simulator, { scope: "snsapi_base" });
const as = (person: string) => ({ cookie: `simulator_person=${person}` });
const visit = { method: "GET", endpoint: "authorize", status: 200 } as const;
const phone = { ...visit, endpoint: "qr_confirm" } as const;
const post = { method: "POST" };
const callback = {
  status: 302,
  answer: expect.stringMatching(/^http:\/\/localhost:4000\/callback\?code=\w{32}&state=abc123$/),
};

it.each<[string, Expected, () => Promise<unknown>]>([
  ["the consent page", visit, () => open(authorizeUrl(simulator))],
  ["the consent page of a person who is known", visit, () => open(authorizeUrl(simulator), as("alice"))],
  ["the choice of a person", visit, () => open(base())],
  ["a silent callback", { ...visit, ...callback, person: "alice" }, () => open(base(), as("alice"))],
  ["a script's callback", { ...visit, ...callback, person: "emoji" }, () => openAs("emoji", base())],
  [
    "a callback after a tap",
    { ...visit, ...post, ...callback, person: "alice" },
    () => tap(simulator, authorizeUrl(simulator), { person: "alice", decision: "allow" }),
  ],
  [
    "the snapshot page",
    { ...visit, person: "snapshot" },
    () => open(authorizeUrl(simulator), as("snapshot")),
  ],
  [
    "the full service after it",
    { ...visit, ...post, person: "snapshot" },
    () => tap(simulator, authorizeUrl(simulator), { person: "snapshot", decision: "full_service" }),
  ],
  [
    "a callback that is sent twice",
    { ...visit, person: "alice" },
    () => {
      simulator.settings({ doubleCallback: true });
      return open(base(), as("alice"));
    },
  ],
  [
    "a refusal",
    { ...visit, ...post, person: "alice", reason: "the person refused" },
    () => tap(simulator, authorizeUrl(simulator), { person: "alice", decision: "refuse" }),
  ],
  [
    "an error page about a person",
    { ...visit, person: "alice", errcode: 10006, reason: "this person does not follow the test account" },
    () => {
      simulator.unfollow("alice", demoOfficialAccount.appId);
      return open(base(), as("alice"));
    },
  ],
  [
    "an error page about the link",
    { ...visit, errcode: 10012, reason: "appid is missing" },
    () => open(authorizeUrl(simulator, { appid: "" })),
  ],
  [
    "an error page without a number",
    { ...visit, reason: "scope must be snsapi_base or snsapi_userinfo" },
    () => open(authorizeUrl(simulator, { scope: "x" })),
  ],
  ["another browser", { ...visit, reason: "the user agent is not WeChat's" }, () => fetch(base())],
  [
    "an unknown person",
    { ...visit, status: 400, reason: "a simulator header or form field is wrong" },
    () => openAs("bob", base()),
  ],
  [
    "a planned error page",
    { ...visit, errcode: 10009, reason: "too frequent (planned as a fault)", fault: "errcode" },
    () => {
      simulator.fail("authorize", { kind: "errcode", errcode: 10009 });
      return open(base());
    },
  ],
  [
    "a gateway's page",
    { ...visit, status: 502, fault: "http_502" },
    () => {
      simulator.fail("authorize", { kind: "http_502" });
      return open(base());
    },
  ],
  [
    "a connection that is cut before the visit",
    { ...visit, status: 0, fault: "reset" },
    () => {
      simulator.fail("authorize", { kind: "reset", when: "before" });
      return openAs("alice", base()).catch(() => undefined);
    },
  ],
  [
    "a connection that is cut after it",
    { ...visit, ...callback, status: 0, person: "alice", fault: "reset" },
    () => {
      simulator.fail("authorize", { kind: "reset", when: "after" });
      return openAs("alice", base()).catch(() => undefined);
    },
  ],
  ["the QR page", { ...visit, endpoint: "qrconnect" }, () => open(qrUrl(simulator))],
  [
    "a poll",
    { ...visit, endpoint: "qr_poll" },
    () => fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}`),
  ],
  ["the scan", phone, () => open(confirm())],
  [
    "the confirmation",
    { ...phone, ...post, person: "alice" },
    () => tap(simulator, confirm(), { person: "alice", decision: "allow" }),
  ],
  [
    "a sign-in that the phone cancelled",
    { ...phone, ...post, person: "alice" },
    () => tap(simulator, confirm(), { person: "alice", decision: "refuse" }),
  ],
  [
    "the confirmation by an unknown person",
    { ...phone, ...post, status: 400, reason: "a simulator header or form field is wrong" },
    () => tap(simulator, confirm(), { person: "bob", decision: "allow" }),
  ],
  [
    "the scan of an unknown QR code",
    { ...phone, reason: "this QR code is unknown, expired or already used" },
    () => open(confirm("x")),
  ],
])("%s is logged once, as a whole", async (_what, expected, request) => {
  await request();
  const logged = simulator.requests().map(({ id: _id, path: _path, query: _query, reason, ...entry }) => ({
    ...entry,
    ...(reason && { reason: reason.en }),
  }));
  expect(logged).toEqual([{ at, ...expected }]);
});

it.each([
  ["/connect/oauth2/authorize?appid=x&state=a?b", "/connect/oauth2/authorize", "appid=x&state=a?b"],
  ["/connect/oauth2/authorize?", "/connect/oauth2/authorize", ""],
  ["/connect/qrconnect", "/connect/qrconnect", ""],
])(
  "the log of visits has the path, and apart from it the query as it was sent: %s",
  async (sent, path, query) => {
    await open(simulator.url + sent);
    expect(simulator.requests().map((request) => [request.path, request.query])).toEqual([[path, query]]);
  },
);
