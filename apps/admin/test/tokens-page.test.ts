// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { consoleTests, notification, openConsole, type Role } from "./support/console.js";
import { accessToken, ago, appToken, explanation, MAIN, userToken } from "./support/seeds.js";
import { type Answers, type Output, Refusal } from "./support/stand-in-api.js";

// What the token cache's acts send, and what its page shows of the answer.

consoleTests();

const languages = ["en", "zh"] as const;

describe("the tokens page", () => {
  const tokens: Answers = {
    "tokens.listApps": { items: [appToken()] },
    "tokens.listUsers": { items: [userToken()], nextCursor: null },
    "tokens.getUser": userToken(),
  };
  const open = (role: Role, path = "/tokens", answers: Answers = {}) =>
    openConsole(path, { role, answers: { ...tokens, ...answers } });
  const refreshed = (fields: Parameters<typeof accessToken>[0]) =>
    appToken({ accessToken: accessToken(fields) });

  it.each([
    ["viewer", false],
    ["operator", true],
    ["owner", true],
  ] as const)("offers a %s to refresh and to check: %s", async (role, may) => {
    const console = await open(role, "/tokens?open=01KBINDING0000000000000001");
    expect(console.body.queryByRole("button", { name: "Check with WeChat" }) !== null).toBe(may);
    expect(console.body.queryByRole("button", { name: "Refresh now: main" }) !== null).toBe(may);
    expect(console.drawer).toContain("Nickname: Alice");
  });

  it.each(languages)("asks before it refreshes the token of an app (%s)", async (language) => {
    const console = await openConsole("/tokens", { language, answers: tokens });
    await console.click(language === "en" ? "Refresh now: main" : "立即刷新：main");
    expect(console.drawer).toMatchSnapshot();
    await console.click(language === "en" ? "Cancel" : "取消");
    expect(console.has('[role="dialog"]')).toBe(false);
    expect(console.api.inputsOf("tokens.refreshApp")).toEqual([]);
  });

  it("shows the refreshed token in its card only, and says so", async () => {
    const other = appToken({ appId: "wx00000000000000a9", key: "other" });
    const console = await open("operator", "/tokens", {
      "tokens.listApps": { items: [other, appToken()] },
      "tokens.refreshApp": refreshed({
        generation: 8,
        requestedBy: { kind: "operator", name: "night-shift" },
      }),
    });
    await console.click("Refresh now: main");
    await console.type(console.dialog.getByLabelText("Reason"), "a new secret");
    await console.click(console.dialog.getByRole("button", { name: "Refresh now" }));
    expect(console.api.inputsOf("tokens.refreshApp")).toEqual([
      { appId: MAIN, kind: "access_token", reason: "a new secret" },
    ]);
    expect(notification()).toBe("main has a valid access token. green");
    expect(console.has('[role="dialog"]')).toBe(false);
    expect(console.page.filter((line) => /^Generation|^\(fresh\) #|^Requested/.test(line))).toEqual([
      "(fresh) ### other",
      "Requested by: Automatic",
      "Generation: 7",
      "(fresh) ### main",
      "Requested by: night-shift",
      "Generation: 8",
    ]);
  });

  it("says that WeChat refused, and that the request failed", async () => {
    const console = await open("operator", "/tokens", {
      "tokens.refreshApp": refreshed({
        state: "failing",
        lastErrcode: "40125",
        failuresInRow: 1,
        explanation: explanation(),
      }),
    });
    await console.click("Refresh now: main");
    await console.type(console.dialog.getByLabelText("Reason"), "a new secret");
    await console.click(console.dialog.getByRole("button", { name: "Refresh now" }));
    expect(notification()).toBe("WeChat gave no access token for main. See the card for the reason. red");
    console.api.answer({ "tokens.refreshApp": new Refusal("FORBIDDEN", 403, "role_too_low") });
    await console.click("Refresh now: main");
    await console.type(console.dialog.getByLabelText("Reason"), "a new secret");
    await console.click(console.dialog.getByRole("button", { name: "Refresh now" }));
    expect(console.alerts.at(-1)).toBe("Your role does not allow this. An owner can change your role.");
    expect(console.has('[role="dialog"]')).toBe(true);
  });

  it.each([
    ["valid", null, "WeChat accepts this token. green"],
    ["refused", "40001", "WeChat no longer accepts this token. red"],
    [
      "unanswered",
      "network_error",
      "WeChat did not say whether it is valid (network_error). The state is unchanged. red",
    ],
  ] as const)("tells what WeChat said of a user's token: %s", async (result, errcode, text) => {
    const console = await open("operator", "/tokens?open=01KBINDING0000000000000001", {
      "tokens.checkUser": {
        result,
        errcode,
        token: userToken({ scope: "after_the_check" }),
      } as Output<"tokens.checkUser">,
    });
    await console.click("Check with WeChat");
    expect(console.api.inputsOf("tokens.checkUser")).toEqual([{ bindingId: "01KBINDING0000000000000001" }]);
    expect(notification()).toBe(text);
    expect(console.drawer).toContain("scope: «after_the_check»");
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(2);
    console.api.answer({ "tokens.checkUser": new Refusal("NOT_FOUND", 404, "not_found") });
    await console.click("Check with WeChat");
    expect(console.alerts).toHaveLength(2);
  });

  it("tells it in Chinese, too", async () => {
    const token = userToken();
    const console = await openConsole("/tokens?open=01KBINDING0000000000000001", {
      language: "zh",
      answers: { ...tokens, "tokens.refreshApp": appToken() },
    });
    const seen: (string | undefined)[] = [];
    for (const result of ["valid", "refused", "unanswered"] as const) {
      console.api.answer({
        "tokens.checkUser": { result, errcode: "-1", token } as Output<"tokens.checkUser">,
      });
      await console.click("向微信核实");
      seen.push(notification());
      // It goes away by itself.
      await console.wait(6000);
      expect(notification()).toBeUndefined();
    }
    await console.open("/tokens");
    for (const answer of [appToken(), refreshed({ state: "failing", failuresInRow: 1, lastErrcode: "-1" })]) {
      console.api.answer({ "tokens.refreshApp": answer });
      await console.click("立即刷新：main");
      await console.type(console.dialog.getByLabelText("原因"), "更换了密钥");
      await console.click(console.dialog.getByRole("button", { name: "立即刷新" }));
      seen.push(notification());
      await console.wait(6000);
    }
    console.api.answer({ "operator.signOut": new Refusal("INTERNAL_SERVER_ERROR", 500) });
    await console.click("night-shift 的账号");
    await console.click("退出登录");
    seen.push(notification());
    expect(seen).toMatchSnapshot();
  });

  it("counts a token's time down by the second, and asks for app tokens every thirty", async () => {
    const console = await open("operator", "/tokens", {
      "tokens.listApps": {
        items: [refreshed({ expiresAt: ago({ ms: -62_000 }), fetchedAt: ago({ ms: 62_000 }) })],
      },
    });
    const left = () => console.page.filter((line) => /left|Expired$/.test(line))[0];
    expect(left()).toBe("1 min 2 sleft");
    await console.wait(2000);
    expect(left()).toBe("1 min 1 sleft");
    await console.wait(27_000);
    expect(console.api.inputsOf("tokens.listApps")).toHaveLength(1);
    await console.wait(1000);
    expect(console.api.inputsOf("tokens.listApps")).toHaveLength(2);
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(1);
    await console.click("Refresh");
    expect(console.api.inputsOf("tokens.listApps")).toHaveLength(3);
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(2);
    await console.wait(35_000);
    expect(left()).toBe("Expired");
  });

  it.each(languages)("says that no app is configured (%s)", async (language) => {
    const console = await openConsole("/tokens", {
      language,
      answers: { ...tokens, "tokens.listApps": { items: [] } },
    });
    expect(console.page.slice(3, 7)).toMatchSnapshot();
  });
});
