import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { middleCut } from "../src/panel/components.js";
import { openPanel, submit, wordsOf } from "./panel.js";
import { call, getCode } from "./phone.js";

// Rows, chips and links of the panel at their limits: the second at which a clock is ahead, the hundredth request, no nickname.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const userinfo = () => call(simulator, "/sns/userinfo", { access_token: "61_x", openid: "o" });

describe("a row of the list of requests", () => {
  it("has its errcode, status and fault in the colour of what they mean", async () => {
    const auth = () => call(simulator, "/sns/auth", { access_token: "61_x", openid: "o" });
    simulator.fail("auth", { kind: "errcode", errcode: -1 });
    await auth();
    simulator.fail("auth", { kind: "errcode", errcode: 0 });
    await auth();
    await auth();
    simulator.fail("auth", { kind: "http_502" });
    await auth().catch(() => undefined);
    simulator.fail("auth", { kind: "reset", when: "before" });
    await auth().catch(() => undefined);
    const { text } = await openPanel(simulator, "/");
    const rows = [...text.matchAll(/<span class="result">(.*?)<\/summary>/gs)].map(([, result = ""]) =>
      [...result.matchAll(/<span class="tag (\w+)">([^<]*)</g)].map(([, tone, words]) => `${words}: ${tone}`),
    );
    expect(rows).toEqual([
      ["reset: bad", "fault reset: warn"],
      ["502: bad", "fault http_502: warn"],
      ["200: calm", "40001: bad"],
      ["200: calm", "0: good", "fault errcode: warn"],
      ["200: calm", "-1: bad", "fault errcode: warn"],
    ]);
  });
});

describe("the link to older requests", () => {
  const older = async (query = "") =>
    /href="(\/\?[^"]*)">Older requests/
      .exec((await openPanel(simulator, `/${query}`)).text)?.[1]
      ?.replaceAll("&amp;", "&");

  it("is there from the hundred-and-first request on, and keeps the filter", async () => {
    for (let count = 0; count < 100; count += 1) await userinfo();
    const [first] = simulator.requests();
    expect(await older()).toBeUndefined();
    await userinfo();
    expect(await older()).toBe(`/?before=${(first?.id ?? 0) + 1}`);
    expect(await older("?endpoint=userinfo&refused=1&text=61_x&lang=fr&before=")).toBe(
      `/?before=${(first?.id ?? 0) + 1}&endpoint=userinfo&refused=1&text=61_x`,
    );
  });
});

describe("the clock of the status on every page", () => {
  const clock = async () =>
    wordsOf(
      /<a href="\/clock" class="chip">(.*?)<\/a>/s.exec((await openPanel(simulator, "/guide")).text)?.[1] ??
        "",
    )
      .trim()
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "TIME");

  it("says how far it is ahead, from the first moment on", async () => {
    expect(await clock()).toBe("Clock TIME");
    simulator.advance(0.5);
    expect(await clock()).toBe("Clock TIME +1 s");
    simulator.advance(0.5);
    expect(await clock()).toBe("Clock TIME +1 s");
  });
});

describe("a person without a nickname", () => {
  it("is called by their id wherever another would be by their nickname", async () => {
    simulator.updatePerson("emoji", { nickname: "" });
    await getCode(simulator, "emoji");
    const options = { cookie: "simulator_person=emoji" };
    const named = async (path: string) =>
      [...(await openPanel(simulator, path, options)).text.matchAll(/<bdi[^>]*>([^<]*)<\/bdi>/g)].map(
        ([, name]) => name,
      );
    // The first one is this browser's person in the status.
    expect(await named("/")).toEqual(["emoji", "emoji", "emoji"]);
    expect(await named("/tokens")).toEqual(["emoji", "emoji"]);
    expect(await named("/clock")).toEqual(["emoji", "emoji"]);
    expect((await named("/people")).slice(0, 4)).toEqual(["emoji", "emoji", "林小满", "(no nickname)"]);
    expect(await named("/people/delete?person=emoji")).toEqual(["emoji", "(no nickname)"]);
  });
});

describe("a choice of this browser", () => {
  it("is kept for thirty days in a cookie that scripts cannot read", async () => {
    const cookieOf = (response: Response) => response.headers.get("set-cookie");
    const kept = "Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax";
    const changes = [
      await submit(simulator, "phone", { person: "alice" }),
      await submit(simulator, "wechat", { pretend: "1" }),
      await fetch(`${simulator.url}/?lang=zh`, { redirect: "manual" }),
      await submit(simulator, "wechat", { pretend: "0" }),
    ];
    expect(changes.map(cookieOf)).toEqual([
      `simulator_person=alice; ${kept}`,
      `simulator_wechat=1; ${kept}`,
      `simulator_language=zh; ${kept}`,
      "simulator_wechat=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
    ]);
  });
});

describe("the guide", () => {
  it("lists calls of the control API that work as they are written", async () => {
    const { text } = await openPanel(simulator, "/guide");
    const commands = [...text.matchAll(/data-copy="(curl [^"]*)"/g)].map(([, command = ""]) =>
      command.replaceAll("&#39;", "'").replaceAll("&quot;", '"'),
    );
    const answers: string[] = [];
    for (const command of commands) {
      simulator.reset();
      const [, method = "GET"] = /-X (\w+)/.exec(command) ?? [];
      const [, path = ""] = new RegExp(`'${simulator.url}([^']*)'`).exec(command) ?? [];
      const [, body] = /-d '([^']*)'/.exec(command) ?? [];
      const type = /-H '(content-type): ([^']*)'/.exec(command);
      const headers: Record<string, string> = type ? { [type[1] ?? ""]: type[2] ?? "" } : {};
      const { status } = await fetch(`${simulator.url}${path}`, { method, headers, ...(body && { body }) });
      answers.push([status, method, path, body].join(" ").trim());
    }
    const [{ appId }, { appId: mini }] = [demoOfficialAccount, demoMiniProgram];
    expect(answers).toEqual([
      "200 GET /_simulator/state",
      "200 GET /_simulator/requests",
      "204 DELETE /_simulator/requests",
      "200 GET /_simulator/tokens",
      '404 POST /_simulator/tokens/end {"token":"61_…"}',
      "200 GET /_simulator/faults",
      '201 POST /_simulator/faults {"endpoint":"access_token","fault":{"kind":"errcode","errcode":40163},"times":1}',
      "204 DELETE /_simulator/faults",
      "404 DELETE /_simulator/faults/1",
      '200 POST /_simulator/clock {"advanceSeconds":300}',
      '200 PATCH /_simulator/settings {"refusal":"state_only","sameCode":true}',
      '201 POST /_simulator/people {"id":"bob","nickname":"Bob","unionid":false}',
      '200 PATCH /_simulator/people/alice {"nickname":"小满","unionid":false,"follows":false}',
      "204 DELETE /_simulator/people/alice",
      `204 POST /_simulator/people/alice/follow {"appId":"${appId}"}`,
      `204 POST /_simulator/people/alice/revoke {"appId":"${appId}"}`,
      "204 POST /_simulator/people/alice/change-password {}",
      `201 POST /_simulator/people/alice/js-code {"appId":"${mini}"}`,
      `200 PATCH /_simulator/apps/${appId} {"ipAllowList":["10.0.0.1"],"limits":{"daily":{"token":5}}}`,
      `204 POST /_simulator/apps/${appId}/callback-hosts {"host":"localhost:4000"}`, // it is one already
      "204 POST /_simulator/reset {}",
    ]);
  });
});

describe("a long value", () => {
  it.each([
    ["1234567", "1234567"],
    ["12345678", "123…678"],
    ["", ""],
  ])("is cut in its middle only if that makes it shorter: %s", (value, shown) => {
    expect(middleCut(value, 3)).toBe(shown);
  });

  it("keeps eight characters at each end unless told otherwise", () => {
    expect(middleCut("a".repeat(17))).toBe("a".repeat(17));
    expect(middleCut(`b${"a".repeat(16)}c`)).toBe("baaaaaaa…aaaaaaac");
  });
});
