import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import {
  authorizeUrl,
  call,
  codeOf,
  exchange,
  getCode,
  getGlobalToken,
  getTokens,
  lastReason,
  open,
  openAs,
  post,
  qrUrl,
  tap,
} from "./phone.js";

const START = Date.UTC(2026, 0, 30, 4); // noon in China, on a full minute; two days before the month ends
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
let now = START;
let simulator: Simulator;
const other = { ...demoOfficialAccount, appId: "wx51a0b1c2d3e4f509" };
beforeAll(async () => {
  simulator = await startSimulator({
    now: () => now,
    apps: [demoOfficialAccount, other, demoWebsite, demoMiniProgram],
  });
});
beforeEach(() => {
  now = START;
  simulator.reset();
  simulator.settings({ qrPollSeconds: 0 });
});
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
const credentialsOf = ({ appId: appid, appSecret: secret } = demoOfficialAccount) => ({ appid, secret });
const fetchToken = async (app = demoOfficialAccount) =>
  (await call(simulator, "/cgi-bin/token", { grant_type: "client_credential", ...credentialsOf(app) })).body;
const forceToken = async (app = demoOfficialAccount) =>
  (
    await post(
      simulator,
      "/cgi-bin/stable_token",
      {},
      { grant_type: "client_credential", ...credentialsOf(app), force_refresh: true },
    )
  ).body;
const getTicket = async () =>
  (
    await call(simulator, "/cgi-bin/ticket/getticket", {
      access_token: await getGlobalToken(simulator),
      type: "jsapi",
    })
  ).body;
const errcodeWith = async (access_token: unknown) =>
  (await call(simulator, "/cgi-bin/getcallbackip", { access_token: String(access_token) })).body.errcode;

/** What was issued: its values in the list of credentials, and a call that uses it up to twice. */
interface Issued {
  values: string[];
  use(): Promise<unknown>;
}

async function twoCodes(
  issue: () => Promise<string>,
  use: (code: string) => Promise<{ body: Record<string, unknown> }>,
): Promise<Issued> {
  const values = [await issue(), await issue()];
  return { values, use: async () => (await use(String(values.pop()))).body.errcode };
}

async function globalToken(body: Record<string, unknown>): Promise<Issued> {
  return { values: [String(body.access_token)], use: () => errcodeWith(body.access_token) };
}

describe("what WeChat issues", () => {
  it.each<[string, number, () => Promise<Issued>, { use: [unknown, unknown]; state?: string }]>([
    [
      "a code from inside WeChat for 5 minutes",
      5 * MINUTE,
      () =>
        twoCodes(
          () => getCode(simulator),
          (code) => exchange(simulator, code),
        ),
      { use: [undefined, 40029] },
    ],
    [
      "a code from the QR page for 10 minutes",
      10 * MINUTE,
      () =>
        twoCodes(
          async () => codeOf(await openAs("alice", qrUrl(simulator))),
          (code) => exchange(simulator, code, credentialsOf(demoWebsite)),
        ),
      { use: [undefined, 40029] },
    ],
    [
      "a js_code for 5 minutes",
      5 * MINUTE,
      () =>
        twoCodes(
          async () => simulator.createJsCode("alice", demoMiniProgram.appId),
          (js_code) =>
            call(simulator, "/sns/jscode2session", {
              ...credentialsOf(demoMiniProgram),
              js_code,
              grant_type: "authorization_code",
            }),
        ),
      { use: [undefined, 40029] },
    ],
    [
      "a person's access token for 2 hours",
      2 * HOUR,
      async () => {
        const { access_token, openid } = await getTokens(simulator);
        const use = async () => (await call(simulator, "/sns/auth", { access_token, openid })).body.errcode;
        return { values: [access_token], use };
      },
      { use: [0, 42001] },
    ],
    [
      "a refresh token for 30 days",
      30 * DAY,
      async () => {
        const { refresh_token } = await getTokens(simulator);
        const asked = { appid: appId, grant_type: "refresh_token", refresh_token };
        const use = async () => (await call(simulator, "/sns/oauth2/refresh_token", asked)).body.errcode;
        return { values: [refresh_token], use };
      },
      { use: [undefined, 42002] },
    ],
    [
      "a global token of cgi-bin/token for 2 hours",
      2 * HOUR,
      async () => globalToken(await fetchToken()),
      { use: [undefined, 42001] },
    ],
    [
      "a global token of cgi-bin/stable_token for 2 hours",
      2 * HOUR,
      async () => globalToken({ access_token: await getGlobalToken(simulator) }),
      { use: [undefined, 42001] },
    ],
    [
      "a global token that another one replaced for 5 minutes",
      5 * MINUTE,
      async () => {
        const first = await fetchToken();
        await fetchToken();
        return globalToken(first);
      },
      { use: [undefined, 40001], state: "replaced" },
    ],
    [
      "the same stable token until 5 minutes before it expires",
      2 * HOUR - 5 * MINUTE,
      async () => {
        const token = await getGlobalToken(simulator);
        return { values: [token], use: async () => (await getGlobalToken(simulator)) === token };
      },
      { use: [true, false], state: "alive" },
    ],
    [
      "the same forced token for 30 seconds",
      30_000,
      async () => {
        const { access_token } = await forceToken();
        const use = async () => (await forceToken()).access_token === access_token;
        return { values: [String(access_token)], use };
      },
      { use: [true, false], state: "alive" },
    ],
    [
      "the same ticket for 2 hours",
      2 * HOUR,
      async () => {
        const { ticket } = await getTicket();
        return { values: [String(ticket)], use: async () => (await getTicket()).ticket === ticket };
      },
      { use: [true, false] },
    ],
    [
      "the record of a rid for 7 days",
      7 * DAY,
      async () => {
        const refused = await call(simulator, "/cgi-bin/user/info", {
          access_token: await getGlobalToken(simulator),
        });
        const rid = /rid: (\S+)$/.exec(String(refused.body.errmsg))?.[1];
        const use = async () => {
          const access_token = await getGlobalToken(simulator);
          return (await post(simulator, "/cgi-bin/openapi/rid/get", { access_token }, { rid })).body.errcode;
        };
        return { values: [], use };
      },
      { use: [0, 76001] },
    ],
    [
      "a QR code that can be scanned for 5 minutes",
      5 * MINUTE,
      async () => {
        const page = await (await open(qrUrl(simulator))).text();
        const uuid = /data-uuid="([^"]+)"/.exec(page)?.[1];
        const use = async () => {
          const poll = await fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}`);
          return Number(/wx_errcode=(\d+)/.exec(await poll.text())?.[1]);
        };
        return { values: [], use };
      },
      { use: [408, 402] },
    ],
  ])("includes %s, and not a millisecond longer", async (_title, ms, issue, expected) => {
    const { values, use } = await issue();
    const states = () =>
      values.map((value) => simulator.tokens().find((credential) => credential.value === value)?.state);
    now = START + ms - 1;
    expect(states()).toEqual(values.map(() => "alive"));
    expect(await use()).toBe(expected.use[0]);
    now = START + ms;
    expect(states()).toEqual(values.map(() => expected.state ?? "expired"));
    expect(await use()).toBe(expected.use[1]);
  });

  it("tells the lifetime that is left in whole seconds, rounded down", async () => {
    await getGlobalToken(simulator);
    await getTicket();
    now = START + 1001;
    const stable = await post(
      simulator,
      "/cgi-bin/stable_token",
      {},
      { grant_type: "client_credential", ...credentialsOf() },
    );
    expect([stable.body.expires_in, (await getTicket()).expires_in]).toEqual([7198, 7198]);
  });

  it("is counted as a valid code until it expires, is exchanged or its person is deleted", async () => {
    for (const person of ["alice", "alice", "emoji"]) await getCode(simulator, person);
    await exchange(simulator, await getCode(simulator, "emoji"));
    expect(simulator.state().liveCodes).toBe(3);
    simulator.deletePerson("emoji");
    expect(simulator.state().liveCodes).toBe(2);
    now = START + 5 * MINUTE - 1;
    expect(simulator.state().liveCodes).toBe(2);
    now = START + 5 * MINUTE;
    expect(simulator.state().liveCodes).toBe(0);
  });

  it("is extended by a refresh from the time of the refresh", async () => {
    const { access_token, openid, refresh_token } = await getTokens(simulator);
    const auth = async () => (await call(simulator, "/sns/auth", { access_token, openid })).body.errcode;
    now = START + HOUR;
    await call(simulator, "/sns/oauth2/refresh_token", {
      appid: appId,
      grant_type: "refresh_token",
      refresh_token,
    });
    now = START + 3 * HOUR - 1;
    expect(await auth()).toBe(0);
    now = START + 3 * HOUR;
    expect(await auth()).toBe(42001);
  });
});

describe("a count of an app", () => {
  const midnight = START + 12 * HOUR; // in China

  const clear = async (app = demoOfficialAccount) =>
    (
      await post(
        simulator,
        "/cgi-bin/clear_quota",
        { access_token: await getGlobalToken(simulator, app) },
        { appid: app.appId },
      )
    ).body.errcode;
  const usedBy = async (app: typeof demoOfficialAccount, cgi_path: string) => {
    const access_token = await getGlobalToken(simulator, app);
    const { body } = await post(simulator, "/cgi-bin/openapi/quota/get", { access_token }, { cgi_path });
    return (body.quota as { used: number }).used;
  };

  it.each<[string, () => Promise<unknown>, number, unknown]>([
    ["calls in this minute", async () => (await fetchToken()).errcode, START + MINUTE, 45011],
    ["calls today", async () => (await fetchToken(other)).errcode, midnight, 45009],
    ["forced refreshes today", async () => (await forceToken()).errcode, midnight, 45009],
    ["quota resets this month", () => clear(), midnight + DAY, 48006],
  ])(
    "starts anew with the next period in China, not a millisecond earlier: %s",
    async (_title, use, end, errcode) => {
      simulator.updateApp(appId, {
        limits: {
          perMinute: { token: 1 },
          forcedRefreshesPerDay: 1,
          forcedRefreshPauseSeconds: 0,
          quotaClearsPerMonth: 1,
        },
      });
      simulator.updateApp(other.appId, { limits: { daily: { token: 1 } } });
      const first = await use();
      expect([undefined, 0]).toContain(first);
      expect(await use()).toBe(errcode);
      now = end - 1;
      expect(await use()).toBe(errcode);
      now = end;
      expect(await use()).toBe(first);
      expect(await use()).toBe(errcode);
    },
  );

  it("is reset by clear_quota for every call of this app and for no other app", async () => {
    for (const app of [demoOfficialAccount, other]) {
      await fetchToken(app);
      const access_token = await getGlobalToken(simulator, app);
      await call(simulator, "/cgi-bin/getcallbackip", { access_token });
    }
    expect(await clear()).toBe(0);
    const used = async (app: typeof demoOfficialAccount) => [
      await usedBy(app, "/cgi-bin/token"),
      await usedBy(app, "/cgi-bin/getcallbackip"),
    ];
    expect(await used(demoOfficialAccount)).toEqual([0, 0]);
    expect(await used(other)).toEqual([1, 1]);
  });

  it("of forced refreshes is neither reset by clear_quota nor shared with another app", async () => {
    for (const app of [demoOfficialAccount, other]) {
      simulator.updateApp(app.appId, { limits: { forcedRefreshesPerDay: 1, forcedRefreshPauseSeconds: 0 } });
    }
    expect([(await forceToken()).errcode, (await forceToken()).errcode]).toEqual([undefined, 45009]);
    await clear();
    expect((await forceToken()).errcode).toBe(45009);
    expect((await forceToken(other)).errcode).toBeUndefined();
  });

  it("of refused calls does not grow, so that the limit per minute spends nothing of the day", async () => {
    simulator.updateApp(appId, { limits: { perMinute: { token: 1 } } });
    for (let calls = 0; calls < 3; calls += 1) await fetchToken();
    expect(await usedBy(demoOfficialAccount, "/cgi-bin/token")).toBe(1);
  });
});

describe("a QR code", () => {
  it("expires by its own lifetime, set by the switch qrLifeSeconds when it was shown", async () => {
    simulator.settings({ qrLifeSeconds: 60 });
    const page = await (await open(qrUrl(simulator))).text();
    simulator.settings({ qrLifeSeconds: 86_400 });
    const uuid = /data-uuid="([^"]+)"/.exec(page)?.[1];
    const phone = async () => (await open(`${simulator.url}/connect/confirm?uuid=${uuid}`)).text();
    now = START + MINUTE - 1;
    expect(await phone()).not.toContain("二维码已失效");
    now = START + MINUTE;
    expect(await phone()).toContain("二维码已失效");
  });
});

describe("a poll of a QR page", () => {
  it("is answered when the QR code expires, not only at the end of the poll", async () => {
    simulator.settings({ qrPollSeconds: 60, qrLifeSeconds: 0.05 });
    const page = await (await open(qrUrl(simulator))).text();
    const uuid = /data-uuid="([^"]+)"/.exec(page)?.[1];
    const poll = fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}`);
    expect(await (await poll).text()).toContain("wx_errcode=408"); // this simulator's time stands still
  }, 10_000);
});

describe("a reset", () => {
  it("forgets the QR codes that are shown and answers the pages that wait for them", async () => {
    simulator.settings({ qrPollSeconds: 60 });
    const page = await (await open(qrUrl(simulator))).text();
    const uuid = /data-uuid="([^"]+)"/.exec(page)?.[1];
    const poll = async () => (await fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}`)).text();
    const waiting = poll();
    await expect.poll(() => simulator.calls("qr_poll")).toBe(1);
    simulator.reset();
    expect(await waiting).toContain("wx_errcode=408");
    expect(await poll()).toContain("wx_errcode=402");
  });
});

describe("a consent", () => {
  it("is remembered by the switch recentLogin for this person and app until a reset", async () => {
    simulator.settings({ recentLogin: true });
    const isSilent = async (person: string, appid: string) =>
      (await open(authorizeUrl(simulator, { appid }), { cookie: `simulator_person=${person}` })).status ===
      302;
    await getCode(simulator, "alice");
    expect([await isSilent("alice", appId), await isSilent("alice", other.appId)]).toEqual([true, false]);
    expect(await isSilent("emoji", appId)).toBe(false);
    simulator.reset();
    simulator.settings({ recentLogin: true });
    expect(await isSilent("alice", appId)).toBe(false);
  });

  it("is given on a snapshot page only by 使用完整服务 and an approval", async () => {
    simulator.settings({ recentLogin: true });
    const visit = () => open(authorizeUrl(simulator), { cookie: "simulator_person=snapshot" });
    await getCode(simulator, "snapshot");
    expect((await visit()).status).toBe(200);
    const left = { person: "snapshot", left_snapshot: "1" };
    await tap(simulator, authorizeUrl(simulator), { ...left, decision: "refuse" });
    expect(lastReason(simulator)).toBe("the person refused");
    expect((await visit()).status).toBe(200);
    const allowed = await tap(simulator, authorizeUrl(simulator), { ...left, decision: "allow" });
    expect((await exchange(simulator, codeOf(allowed))).body).not.toHaveProperty("is_snapshotuser");
    expect((await visit()).status).toBe(302);
  });
});
