// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { AppTokenFetch, AppTokenKind } from "../src/api/types.js";
import { consoleTests, NOW, openConsole } from "./support/console.js";
import {
  accessToken,
  affectedPerson,
  ago,
  ahead,
  appToken,
  binding,
  event,
  explanation,
  failure,
  failureDetail,
  group,
  groupList,
  loggedFailure,
  MAIN,
  person,
  personDetail,
  REMOVED,
  signIn,
  signInRow,
  userToken,
  WEB,
} from "./support/seeds.js";
import { NoConnection, Refusal } from "./support/stand-in-api.js";

// The whole text of every page, in both languages. `vitest -u` would write what it sees: read the difference first.

consoleTests();

const languages = ["en", "zh"] as const;

const outcomes = [
  "signed_in",
  "refused",
  "expired",
  "snapshot",
  "blocked",
  "failed",
  "abandoned",
  "bound",
  "bound_elsewhere",
  null,
] as const;

const alice = person({
  bindings: [
    binding({ unionid: null }),
    binding({
      id: "01KBINDING0000000000000002",
      appId: WEB,
      appKey: "web",
      kind: "website",
      openid: "oAliceInWeb0000000000000002",
    }),
    binding({
      id: "01KBINDING0000000000000003",
      appId: REMOVED,
      appKey: null,
      kind: null,
      openid: "oAliceInOld0000000000000003",
      unionid: "uOther0000000000000000003",
    }),
  ],
});
const blank = person({
  userId: "01KBLANK000000000000000002",
  status: "blocked",
  createdAt: ago({ days: 40 }),
  lastSignInAt: ago({ days: 35 }),
  profile: { nickname: "\u3164", avatarUrl: "https://evil.example/a.png" },
  bindings: [],
});
const masked = person({
  userId: "01KMASKED00000000000000003",
  createdAt: ago({ minutes: 2 }),
  lastSignInAt: ago({ ms: 29_000 }),
  profile: { nickname: null, avatarUrl: null },
  bindings: [binding({ openid: "oBo…123", unionid: "u…" })],
});

const people = { "people.list": { items: [alice, blank, masked], nextCursor: null } };

describe("the people page", () => {
  it("shows who signed in, with their apps, ids, status and times", async () => {
    const console = await openConsole("/people", { answers: people });
    expect(console.page).toMatchSnapshot();
    expect(document.title).toBe("People · WeChat login console");
  });

  it("is Chinese for a Chinese operator", async () => {
    const console = await openConsole("/people", { language: "zh", answers: people });
    expect(console.page).toMatchSnapshot();
    expect(document.title).toBe("用户 · 微信登录控制台");
  });

  it("shows cards with the same facts on a phone", async () => {
    const console = await openConsole("/people", { width: 400, answers: people });
    expect(console.read("main ul")).toMatchSnapshot();
  });

  it("shows the first letter of a nickname whose avatar does not load", async () => {
    const console = await openConsole("/people", { answers: people });
    expect(console.rows[0]?.Person).toMatch(/^\(picture/);
    await console.fail(document.querySelector("main img") as Element);
    expect(console.rows[0]?.Person).toBe("A Alice{Alice}⇒/admin/people?open=01KALICE000000000000000001");
  });
});

describe("the drawer of a person", () => {
  const answers = {
    ...people,
    "people.get": personDetail({
      ...alice,
      sessions: [
        {
          id: "01KSESSION0000000000000001",
          createdAt: ago({ days: 1 }),
          lastSeenAt: ago({ minutes: 7 }),
          expiresAt: ahead({ days: 6 }),
          ip: "203.0.113.7",
          device: { client: "wechat", platform: "android" },
        },
        {
          id: "01KSESSION0000000000000002",
          createdAt: ago({ days: 2 }),
          lastSeenAt: ago({ hours: 9 }),
          expiresAt: ahead({ hours: 5 }),
          ip: null,
          device: { client: "browser", platform: "mac" },
        },
      ],
      signIns: [
        signInRow({
          id: "01KSIGNIN00000000000000009",
          outcome: "failed",
          browserUserId: alice.userId,
          userId: null,
          createdAt: ago({ hours: 1 }),
          appKey: "web",
          appId: WEB,
        }),
        signInRow({ device: { client: "wecom", platform: "windows" } }),
      ],
      failures: [
        failure(),
        failure({
          id: "01KFAILURE0000000000000002",
          errcode: "-1",
          name: null,
          endpoint: "sns/userinfo",
          at: ago({ days: 2 }),
        }),
      ],
      externalIds: [
        { clientId: "crm", externalId: "a-1" },
        { clientId: "shop", externalId: "42" },
      ],
      browserFailures: [
        failure({
          id: "01KFAILURE0000000000000003",
          errcode: "40163",
          name: "code been used",
          openid: null,
          at: ago({ days: 4 }),
        }),
      ],
      conflicts: [
        {
          id: "01KCONFLICT000000000000001",
          unionid: "uAlice0000000000000000001",
          otherUserId: "01KTWIN00000000000000TWIN1",
          createdAt: ago({ days: 8 }),
        },
      ],
    }),
  };

  it("shows everything about the person, the reason first", async () => {
    const console = await openConsole(`/people?open=${alice.userId}`, { answers });
    expect(console.drawer).toMatchSnapshot();
    expect(console.api.inputsOf("people.get")).toEqual([{ userId: alice.userId }]);
  });

  it("is Chinese for a Chinese operator", async () => {
    const console = await openConsole(`/people?open=${alice.userId}`, { language: "zh", answers });
    expect(console.drawer).toMatchSnapshot();
  });

  it.each(languages)(
    "says of a blocked person without any history that they are blocked (%s)",
    async (language) => {
      const detail = personDetail({ ...blank, bindings: [binding({ scope: "", nickname: null })] });
      const console = await openConsole(`/people?open=${blank.userId}`, {
        language,
        answers: { ...people, "people.get": detail },
      });
      expect(console.drawer).toMatchSnapshot();
    },
  );
});

describe("the callout about a person's last sign-in", () => {
  it.each(languages)("depends on its outcome, and on whether it was surely theirs (%s)", async (language) => {
    const console = await openConsole("/people", { language, answers: people });
    const seen: string[] = [];
    for (const outcome of [...outcomes, "expired" as const]) {
      const browserUserId = seen.length === outcomes.length ? alice.userId : null;
      const userId = `01KPERSON00000000000000000${seen.length}`;
      // The older one must not be taken for the last one.
      const signIns = [
        signInRow({ outcome, browserUserId }),
        signInRow({ id: "01KOLDER", outcome: outcome === "refused" ? "signed_in" : "refused" }),
      ];
      console.api.answer({ "people.get": personDetail({ userId, signIns }) });
      await console.open(`/people?open=${userId}`);
      const lines = console.drawer;
      seen.push(
        `${outcome}: ${lines
          .slice(
            5,
            lines.findIndex((line) => /^(?:User ID|用户 ID): /.test(line)),
          )
          .join(" | ")}`,
      );
    }
    expect(seen).toMatchSnapshot();
  });
});

const failures = [
  loggedFailure(),
  loggedFailure({
    id: "01KFAILURE0000000000000002",
    appId: REMOVED,
    appKey: null,
    endpoint: "cgi-bin/stable_token",
    errcode: "network_error",
    name: null,
    errmsg: "no answer",
    rid: null,
    openid: null,
    latencyMs: 10_400,
    at: ago({ days: 1 }),
    ...{ signInId: null, person: null },
  }),
];

describe("the errors page", () => {
  const groups = [
    group(),
    group({
      appId: WEB,
      appKey: "web",
      errcode: "40163",
      name: "code been used",
      meaning: null,
      events: 2,
      peopleAffected: 3,
      peopleAffectedIsAtLeast: true,
      firstSeenAt: ago({ hours: 5 }),
      lastSeenAt: ago({ hours: 4 }),
    }),
    group({
      appId: REMOVED,
      appKey: null,
      endpoint: "cgi-bin/token",
      errcode: "99999",
      name: null,
      meaning: null,
      events: 1,
      peopleAffected: 0,
      peopleAffectedIsAtLeast: true,
    }),
    group({
      ...{ errcode: "40226", peopleAffected: 1, peopleAffectedIsAtLeast: true },
      ...{ state: "regressed", isNew: true, eventsBefore: 12345 },
    }),
    group({
      errcode: "50001",
      name: "no one",
      peopleAffected: 0,
      peopleAffectedIsAtLeast: false,
      state: "acknowledged",
      eventsBefore: null,
      bars: [0],
    }),
  ];

  const affected = {
    items: [
      affectedPerson(),
      affectedPerson({
        ...{ openid: null, failureId: "01KFAILURE0000000000000002" },
        person: { userId: "01KBOB0000000000000000001", nickname: null, isGuess: true },
      }),
      affectedPerson({ person: null, failureId: "01KFAILURE0000000000000003" }),
      affectedPerson({ person: null, openid: null, failureId: "01KFAILURE0000000000000004" }),
    ],
    nextCursor: null,
  };

  it.each(languages)(
    "lists whom the failed calls affect, with a link to each person (%s)",
    async (language) => {
      const answers = { "failures.people": affected };
      const path = "/errors?view=people&errcode=40163&range=1h";
      const console = await openConsole(path, { language, answers });
      expect(console.page).toMatchSnapshot();
      expect(console.api.inputsOf("failures.people")).toEqual([
        { errcode: "40163", from: "2026-03-01T11:00:00.000Z" },
      ]);
      console.api.answer({
        "failures.people": { ...affected, nextCursor: "older", searchedTo: ago({ minutes: 30 }) },
      });
      await console.click(console.button(language === "en" ? "Refresh" : "刷新"));
      expect(console.page.slice(-30)).toMatchSnapshot();
      console.api.answer({ "failures.people": { items: [], nextCursor: null } });
      await console.click(console.button(language === "en" ? "Go on searching" : "继续搜索"));
      expect(console.api.inputsOf("failures.people").at(-1)).toEqual({
        ...{ errcode: "40163", from: "2026-03-01T11:00:00.000Z", cursor: "older" },
      });
      // The last page is the end of a longer list.
      console.api.answer({ "failures.people": { items: affected.items.slice(0, 1), nextCursor: null } });
      await console.click(console.button(language === "en" ? "Refresh" : "刷新"));
      expect(console.main.getByText(/1 person or browser|1 位用户和浏览器/).textContent).toBe(
        language === "en"
          ? "1 person or browser on this page, last failure first. A page is a stretch of time: people who failed in several are on several pages."
          : "本页 1 位用户和浏览器，最近失败的在前。每页是一段时间，在几段时间里都失败过的会出现在几页上。",
      );
    },
  );

  it.each(languages)("shows what fails, grouped, with how many people it affects (%s)", async (language) => {
    const answers = { "failures.groups": groupList(groups) };
    const console = await openConsole("/errors", { language, answers });
    expect(console.page).toMatchSnapshot();
  });

  it.each(languages)("shows every failed call in the log (%s)", async (language) => {
    const answers = { "failures.list": { items: failures, nextCursor: null } };
    const console = await openConsole("/errors?view=log", { language, answers });
    expect(console.page).toMatchSnapshot();
  });

  it.each(languages)("shows one group with its numbers and newest failures (%s)", async (language) => {
    const latest = [
      loggedFailure(),
      loggedFailure({ id: "01KFAILURE0000000000000003", at: ago({ hours: 2 }), openid: null }),
      loggedFailure({ id: "01KFAILURE0000000000000004", at: ago({ hours: 6 }), openid: null, rid: null }),
      loggedFailure({
        id: "01KFAILURE0000000000000005",
        at: ago({ hours: 9 }),
        openid: null,
        rid: null,
        signInId: null,
      }),
    ];
    const console = await openConsole(`/errors?range=24h&group=${MAIN}~sns/oauth2/access_token~40029`, {
      language,
      answers: {
        "failures.groups": groupList(groups.slice(0, 1)),
        "failures.list": { items: latest, nextCursor: "more" },
        "failures.people": affected,
        "failures.get": failureDetail(),
      },
    });
    expect(console.drawer).toMatchSnapshot();
    const key = { appId: MAIN, endpoint: "sns/oauth2/access_token", errcode: "40029" };
    const from = "2026-02-28T12:00:00.000Z";
    expect(console.api.inputsOf("failures.list")).toEqual([{ ...key, from, limit: 8 }]);
    expect(console.api.inputsOf("failures.groups")).toEqual([{ from }, { ...key, from, state: "all" }]);
    expect(console.api.inputsOf("failures.people")).toEqual([{ ...key, from }]);
    expect(console.api.inputsOf("failures.get")).toEqual([{ id: latest[0]?.id }]);
  });

  it("says of a group without failures in the time range that there are none", async () => {
    const none = { items: [], nextCursor: null };
    const console = await openConsole(`/errors?group=${MAIN}~sns/auth~40003`, {
      answers: {
        "failures.groups": groupList([]),
        "failures.list": none,
        "failures.people": none,
      },
    });
    expect(console.drawer).toMatchSnapshot();
  });
});

describe("the drawer of a failed call", () => {
  it("shows what WeChat answered and what people call themselves as text, also if it is markup [T52]", async () => {
    const markup = `<img src="x" onerror="alert(1)"><script>alert(2)</script>${"长".repeat(300)}`;
    const texts = { errmsg: `errmsg ${markup}`, rid: `rid ${markup}`, openid: `openid ${markup}` };
    const nickname = `nickname ${markup}`;
    const body = `answer ${markup}`;
    const detail = failureDetail({
      ...texts,
      ...{ person: { userId: "01KALICE000000000000000001", nickname, isGuess: false } },
      answer: { httpStatus: 200, body },
    });
    await openConsole(`/errors?view=log&open=${detail.id}`, {
      answers: { "failures.list": { items: [detail], nextCursor: null }, "failures.get": detail },
    });
    const shown = document.body.textContent ?? "";
    const missing = [...Object.values(texts), nickname, body].filter((text) => !shown.includes(text));
    expect(missing).toEqual([]);
    expect(document.querySelectorAll("img, script, [onerror]")).toHaveLength(0);
  });
  it.each(languages)(
    "shows its meaning, its facts and its sign-in, with this failure marked (%s)",
    async (language) => {
      const detail = failureDetail({
        attempt: 2,
        signIn: signIn({
          outcome: "failed",
          events: [event("started", 0), event("exchange_failed", 900, { durationMs: 640, detail: "40029" })],
          failures: [
            failure({ at: ago({ minutes: 5, ms: -800 }), attempt: 2 }),
            failure({
              id: "01KFAILURE0000000000000002",
              at: ago({ minutes: 5, ms: -500 }),
              errcode: "-1",
              name: "system busy",
              errmsg: "system error",
              rid: null,
            }),
          ],
        }),
      });
      const console = await openConsole(`/errors?view=log&open=${detail.id}`, {
        language,
        answers: { "failures.list": { items: failures, nextCursor: null }, "failures.get": detail },
      });
      expect(console.drawer).toMatchSnapshot();
      expect(console.api.inputsOf("failures.get")).toEqual([{ id: detail.id }]);
    },
  );

  it.each(languages)("shows a call without an answer, an explanation or a sign-in (%s)", async (language) => {
    const detail = failureDetail({ ...failures[1], explanation: null });
    const console = await openConsole(`/errors?open=${detail.id}`, {
      language,
      answers: { "failures.groups": groupList([]), "failures.get": detail },
    });
    expect(console.drawer).toMatchSnapshot();
  });

  const actors = ["user", "operator", "developer", "wechat"] as const;
  const retries = ["never", "token", "sns_refresh", "backoff", "restart"] as const;
  it.each(languages)("says who must act and whether a retry helps, for each kind (%s)", async (language) => {
    const answers = { "failures.groups": groupList([]), "failures.get": failureDetail() };
    const console = await openConsole("/errors?open=01KFAILURE0000000000000001", { language, answers });
    const seen: string[] = [];
    for (const [place, retry] of retries.entries()) {
      const whoMustAct = actors[place] ?? "user";
      const steps = { en: [], zh: [] };
      console.api.answer({
        "failures.get": failureDetail({
          explanation: explanation({ whoMustAct, retry, steps, causes: steps, link: null }),
        }),
      });
      await console.click(console.button(language === "en" ? "Refresh" : "刷新"));
      const lines = console.drawer;
      seen.push(`${whoMustAct}, ${retry}: ${lines.slice(3, 6).join(" | ")}`);
    }
    expect(seen).toMatchSnapshot();
  });
});

const kinds = [
  "started",
  "callback",
  "exchanged",
  "exchange_failed",
  "profile_asked",
  "unionid_asked",
  "profile_redirect",
  "userinfo",
  "userinfo_failed",
  "refused",
  "snapshot",
  "blocked",
  "user_created",
  "signed_in",
  "bind_started",
  "bound",
  "already_bound",
  "bound_elsewhere",
  "session_changed",
  "callback_repeated",
  "expired",
  "bind_link_started",
  "link_expired",
  "a_newer_kind",
];

describe("the page of sign-ins", () => {
  const clients = [
    "wechat",
    "wecom",
    "wechat_devtools",
    "mini_program",
    "browser",
    "browser",
    "browser",
    "browser",
  ] as const;
  const platforms = ["ios", "android", "harmony", "windows", "mac", "other", "other", "other"] as const;
  const lengthsMs = [87, 4200, 125_000, 3_725_000, 90_061_000, 999, 1000, 3000, 4000, null];
  const items = outcomes.map((outcome, place) => {
    const lengthMs = lengthsMs[place] ?? null;
    return signInRow({
      id: `01KSIGNIN0000000000000000${place}`,
      outcome,
      outcomeAt: lengthMs === null ? null : ago({ days: place, minutes: 5, ms: -lengthMs }),
      createdAt: ago({ days: place, minutes: 5 }),
      openid: place === 3 ? null : `oPerson${place}InMain00000000000${place}`,
      device: { client: clients[place] ?? "browser", platform: platforms[place] ?? "other" },
      ...(place === 1 && { appId: REMOVED, appKey: null }),
    });
  });

  it.each(languages)("shows each sign-in with outcome, device and duration (%s)", async (language) => {
    const console = await openConsole("/sign-ins", {
      language,
      answers: { "signIns.list": { items, nextCursor: null } },
    });
    expect(console.page).toMatchSnapshot();
  });
});

describe("the page of one sign-in", () => {
  it.each(languages)("shows its facts and its timeline with every kind of event (%s)", async (language) => {
    const detail = signIn({
      returnTo: "/invoices",
      // The api may answer them in any order.
      events: kinds
        .map((kind, place) =>
          event(kind, place * 1100, {
            durationMs: place % 3 === 1 ? 87 + place : null,
            detail: place === 2 ? "snsapi_base" : null,
          }),
        )
        .reverse(),
    });
    const console = await openConsole(`/sign-ins/${detail.id}`, {
      language,
      answers: { "signIns.get": detail },
    });
    expect(console.page).toMatchSnapshot();
    expect(console.api.inputsOf("signIns.get")).toEqual([{ id: detail.id }]);
  });

  it("tells a cause before its effect, each failed call once, and what followed later as it was", async () => {
    const call = (id: string, atMs: number, fields: object) =>
      failure({ id, at: ago({ minutes: 5, ms: -atMs }), errmsg: id, rid: null, ...fields });
    const detail = signIn({
      events: [
        event("snapshot", 1000),
        event("exchange_failed", 2000, { detail: "40163" }),
        event("userinfo_failed", 3000, { detail: "40001" }),
        event("snapshot", 4000),
        event("callback", 5000),
      ],
      failures: [
        call("within the same batch", 1050, {}),
        call("told by its event", 2010, { errcode: "40163" }),
        call("of another endpoint", 3010, { errcode: "40001" }),
        call("a moment too late", 4051, {}),
        call("no effect of it", 5010, {}),
      ],
    });
    const console = await openConsole(`/sign-ins/${detail.id}`, {
      answers: { "signIns.get": detail, "failures.get": failureDetail() },
    });
    const timeline = console.page.slice(console.page.indexOf("## Timeline") + 1);
    expect(timeline.map((line) => line.replace(/«40.*attempt 1 /, ""))).toMatchSnapshot();
  });

  it("leads to the sign-ins of its browser, by its own number", async () => {
    const id = "01KSIGNIN00000000000000001";
    const console = await openConsole(`/sign-ins/${id}`, {
      answers: { "signIns.get": signIn({ id }), "signIns.list": { items: [signInRow()], nextCursor: null } },
    });
    await console.click(console.link("All sign-ins in this browser"));
    expect(console.address).toBe(`/sign-ins?range=all&browser=${id}`);
    expect(console.api.inputsOf("signIns.list")).toEqual([{ sameBrowserAs: id }]);
    await console.choose("Browser", "All browsers");
    expect([console.address, console.api.lastInputOf("signIns.list")]).toEqual(["/sign-ins?range=all", {}]);
  });

  it.each(languages)("explains its last failure, not the first of the list (%s)", async (language) => {
    const detail = signIn({
      outcome: "failed",
      userId: null,
      openid: null,
      ip: null,
      person: { userId: "01KALICE000000000000000001", nickname: "Alice", isGuess: true },
      failures: [
        failure({ id: "01KFAILURELAST000000000001", at: ago({ minutes: 4 }) }),
        failure({
          id: "01KFAILUREFIRST00000000001",
          at: ago({ minutes: 5, ms: -50 }),
          errcode: "-1",
          name: "system busy",
        }),
      ],
    });
    const console = await openConsole(`/sign-ins/${detail.id}`, {
      language,
      answers: { "signIns.get": detail, "failures.get": failureDetail() },
    });
    expect(console.page).toMatchSnapshot();
    expect(console.api.inputsOf("failures.get")).toEqual([{ id: "01KFAILURELAST000000000001" }]);
  });

  it.each(languages)("tells the meaning of each outcome, and who it may have been (%s)", async (language) => {
    const seen: string[] = [];
    const console = await openConsole("/people", { language, answers: people });
    for (const [place, outcome] of outcomes.entries()) {
      console.api.answer({
        "signIns.get": signIn({
          outcome,
          outcomeAt: outcome === null ? null : ago({ minutes: 4 }),
          userId: null,
          person:
            place % 2 === 0
              ? null
              : { userId: "01KBLANK000000000000000002", nickname: "\u3164", isGuess: true },
        }),
      });
      await console.open(`/sign-ins/01KSIGNIN0000000000000000${place}`);
      const facts = console.page;
      seen.push(
        facts.slice(1, 4).join(" "),
        facts.find((line) => /^(?:Person|用户): /.test(line)) ?? "",
        String(facts.some((line) => /^(?:Duration|耗时): /.test(line))),
      );
    }
    expect(seen).toMatchSnapshot();
  });
});

describe("the page of a request without a sign-in", () => {
  const pages = [
    "invalid-callback",
    "expired",
    "used",
    "too-many-requests",
    "not-found",
    "server-error",
    "busy",
    null,
  ] as const;
  it.each(languages)("says what the number alone tells, for each page (%s)", async (language) => {
    const seen: string[][] = [];
    const console = await openConsole("/people", { language, answers: people });
    for (const [place, page] of pages.entries()) {
      const number = `01KREQUEST000000000000000${place}-C`;
      console.api.answer({
        "search.find": { kind: "request", number, id: number.slice(0, 26), at: ago({ hours: place }), page },
      });
      await console.open(`/requests/${number}`);
      expect(console.api.lastInputOf("search.find")).toEqual({ text: number });
      seen.push(console.page);
    }
    expect(seen).toMatchSnapshot();
  });

  it("leads to the page of whatever has the number by now", async () => {
    const console = await openConsole("/requests/01KALICE000000000000000001", {
      answers: {
        ...people,
        "people.get": personDetail(),
        "search.find": { kind: "person", userId: "01KALICE000000000000000001" },
      },
    });
    expect(console.address).toBe("/people?open=01KALICE000000000000000001");
  });
});

describe("the page of the token cache", () => {
  const states = [
    appToken(),
    appToken({
      appId: "wx00000000000000a2",
      key: "soon",
      accessToken: accessToken({
        state: "near_expiry",
        expiresAt: ahead({ ms: 61_000 }),
        fetchedAt: ago({ ms: 7_139_000 }),
        requestedBy: { kind: "operator", name: "night-shift" },
        fetchingUntil: ahead({ ms: 4_000 }),
        fetchingFor: { kind: "host", name: "shop" },
        fetchesToday: 1,
        generation: 8,
      }),
    }),
    appToken({
      appId: "wx00000000000000a3",
      key: "past",
      accessToken: accessToken({
        state: "expired",
        expiresAt: NOW,
        fetchedAt: ago({ hours: 2 }),
        requestedBy: { kind: "host", name: "shop" },
        fingerprint: null,
        reportedInvalid: 2,
      }),
      jsapiTicket: accessToken({ state: "none", expiresAt: null, generation: 0 }),
    }),
    appToken({
      appId: "wx00000000000000a4",
      key: "broken",
      accessToken: accessToken({
        state: "failing",
        expiresAt: ahead({ hours: 1 }),
        fetchedAt: ago({ hours: 1 }),
        requestedBy: { kind: "refused", name: "shop" },
        retryAt: ahead({ ms: 40_000 }),
        errmsg: "invalid ip 203.0.113.7, not in whitelist",
        refusedAddress: "203.0.113.7",
        lastErrcode: "40125",
        lastFailureAt: ago({ minutes: 3 }),
        failuresInRow: 4,
        explanation: explanation({
          code: "40125",
          name: "invalid appsecret",
          meaning: { en: "The AppSecret is wrong.", zh: "AppSecret 错误。" },
        }),
      }),
    }),
    appToken({
      appId: "wx00000000000000a5",
      key: "once",
      accessToken: accessToken({
        state: "none",
        expiresAt: null,
        fetchedAt: null,
        lastErrcode: "network_error",
        lastFailureAt: ago({ minutes: 9 }),
        failuresInRow: 1,
      }),
    }),
    appToken({ appId: WEB, key: "web", kind: "website", accessToken: null, jsapiTicket: null }),
  ];
  const fetch = (fields: Partial<AppTokenFetch>): AppTokenFetch => ({
    ...{ id: "01KFETCH00000000000000001", at: ago({ minutes: 30 }), source: "stable_token", latencyMs: 87 },
    ...{ requestedBy: { kind: "automatic", name: "" }, generation: 7 },
    ...{ errcode: null, name: null, meaning: null },
    ...fields,
  });
  const fetches = [
    fetch({}),
    fetch({
      ...{
        id: "01KFETCH00000000000000002",
        generation: null,
        errcode: "40164",
        name: "ip_not_in_allow_list",
        meaning: { en: "The IP is not on the list.", zh: "IP 不在白名单中。" },
      },
      requestedBy: { kind: "operator", name: "night-shift" },
    }),
    fetch({ id: "01KFETCH00000000000000003", generation: null, errcode: "LOST_LEASE" }),
  ];
  const tokens = [
    userToken(),
    userToken({
      bindingId: "01KBINDING0000000000000002",
      state: "refreshable",
      nickname: null,
      openid: "oBob0InMain000000000000002",
      expiresAt: ago({ hours: 1 }),
      scope: "snsapi_base",
    }),
    userToken({
      bindingId: "01KBINDING0000000000000003",
      state: "refused",
      refusedErrcode: "40001",
      appId: WEB,
      appKey: "web",
    }),
    userToken({
      bindingId: "01KBINDING0000000000000004",
      state: "dead",
      appId: REMOVED,
      appKey: null,
      refreshExpiresAt: null,
      scope: "",
    }),
  ];
  const answers = {
    "tokens.listApps": { items: states },
    "tokens.listUsers": { items: tokens, nextCursor: null },
    "tokens.listFetches": ({ kind }: { kind: AppTokenKind }) => ({
      items: kind === "access_token" ? fetches : [],
      nextCursor: kind === "access_token" ? "older" : null,
    }),
  };

  it.each(languages)("shows every state of app tokens and user tokens (%s)", async (language) => {
    const console = await openConsole("/tokens", { language, answers });
    expect(console.page).toMatchSnapshot();
  });

  it.each(languages)("shows why an app's token fails, and what to do (%s)", async (language) => {
    const console = await openConsole("/tokens?app=wx00000000000000a4", { language, answers });
    expect(console.drawer).toMatchSnapshot();
  });

  it("shows an app without a failure or a token in the drawer", async () => {
    const console = await openConsole(`/tokens?app=${MAIN}`, { answers });
    const ofMain = console.drawer;
    await console.open(`/tokens?app=${WEB}`);
    expect({ ofMain, ofWeb: console.drawer }).toMatchSnapshot();
    await console.open("/tokens?app=wx0000000000unknown");
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it.each(languages)("shows one user token in each state (%s)", async (language) => {
    const withoutApps = { ...answers, "tokens.listApps": { items: [] } };
    const console = await openConsole("/tokens", { language, answers: withoutApps });
    const seen: string[][] = [];
    for (const token of [
      ...tokens,
      userToken({ bindingId: "01KBINDING0000000000000005", state: "refused", refusedErrcode: "refused" }),
    ]) {
      console.api.answer({ "tokens.getUser": token });
      await console.open(`/tokens?open=${token.bindingId}&q=${seen.length}`);
      expect(console.api.lastInputOf("tokens.getUser")).toEqual({ bindingId: token.bindingId });
      seen.push(console.drawer);
    }
    expect(seen).toMatchSnapshot();
  });
});

describe("what lists say without rows, in Chinese", () => {
  const none = { items: [], nextCursor: null };
  const answers = {
    "people.list": none,
    "failures.groups": groupList([]),
    "failures.list": none,
    "signIns.list": none,
    "tokens.listApps": { items: [] },
    "tokens.listUsers": none,
  };
  const paths = ["/people", "/people?q=a", "/errors", "/errors?range=all", "/sign-ins?range=all", "/tokens"];

  it("is the reason and the way on", async () => {
    const console = await openConsole("/people", { language: "zh", answers });
    const seen: string[][] = [];
    for (const path of paths) {
      await console.open(path);
      seen.push(console.page.slice(-4));
    }
    expect(seen).toMatchSnapshot();
  });

  it.each([
    new Refusal("INTERNAL_SERVER_ERROR", 500),
    new Refusal("FORBIDDEN", 403, "role_too_low"),
    new Refusal("NOT_FOUND", 404, "not_found"),
    new Refusal("BAD_REQUEST", 400),
    new Refusal("TOO_MANY_REQUESTS", 429, "too_many_lists"),
    new Refusal("SERVICE_UNAVAILABLE", 503, "list_too_slow"),
    new NoConnection("fetch failed"),
  ])("is why they did not load: %s", async (error) => {
    const console = await openConsole("/people", { language: "zh", answers: { "people.list": error } });
    for (const pause of [800, 1500, 2200]) await console.wait(pause);
    expect(console.page.slice(-4)).toMatchSnapshot();
  });
});
