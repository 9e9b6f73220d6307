// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { Finding } from "../src/api/types.js";
import { byUrgency, countOf } from "../src/pages/wechat-apps/urgency.js";
import { consoleTests, openConsole } from "./support/console.js";
import { MAIN } from "./support/seeds.js";
import { type Output, Refusal } from "./support/stand-in-api.js";

consoleTests();

const finding = (about: Partial<Finding>): Finding => ({
  ...{ check: "look", outcome: "look.complete", state: "ok", actor: null, remedy: null, values: {} },
  text: { en: "English text", zh: "中文" },
  ...about,
});
const ok = finding({ outcome: "codes.once", text: { en: "No code was used twice.", zh: "没有重复使用。" } });
const refused = finding({
  ...{ check: "allow_list", outcome: "allow_list.refused", state: "problem", actor: "operator" },
  text: { en: "WeChat refuses 203.0.113.7.", zh: "微信拒绝 203.0.113.7。" },
  remedy: { en: "Add it to the allow-list.", zh: "把它加入白名单。" },
  values: { ip: "203.0.113.7" },
});
const used = finding({
  ...{ outcome: "codes.twice", state: "warning", actor: "developer" },
  remedy: { en: "Look for a second server.", zh: "查找另一台服务器。" },
});
const unknown = finding({ outcome: "secret.unknown", state: "unknown" });
const diagnosis: Output<"apps.diagnosis"> = {
  at: "2026-03-01T11:59:50.000Z",
  site: [ok],
  apps: [
    { appId: MAIN, key: "oa", kind: "official_account", findings: [ok, unknown, used, refused] },
    { appId: "wx00000000000000w2", key: "web", kind: "website", findings: [used, ok] },
  ],
};

const open = (answer: Output<"apps.diagnosis"> | Refusal = diagnosis, language: "en" | "zh" = "en") =>
  openConsole("/apps", { language, answers: { "apps.diagnosis": answer } });

describe("the page of the WeChat apps", () => {
  it.each(["en", "zh"] as const)("shows what the checks found, the worst first (%s)", async (language) => {
    expect((await open(diagnosis, language)).page).toMatchSnapshot();
  });

  it("leads from an Official Account to its tokens, which a website app does not have", async () => {
    await open();
    const links = [...document.querySelectorAll("main a")].map((link) => [
      link.textContent,
      link.getAttribute("href"),
    ]);
    expect(links).toEqual([["Its tokens", "/admin/tokens"]]);
  });

  it("copies the refused IP and the appid", async () => {
    const console = await open();
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const buttons = console.main.getAllByRole("button", { name: /^Copy/ });
    const labels = buttons.map((button) => button.getAttribute("aria-label"));
    for (const button of buttons) await console.click(button);
    expect(labels.map((label, place) => [label, write.mock.calls[place]?.[0]])).toEqual([
      ["Copy appid", MAIN],
      ["Copy IP", "203.0.113.7"],
      ["Copy appid", "wx00000000000000w2"],
    ]);
  });

  it("makes the checks again when asked", async () => {
    const console = await open();
    expect(console.api.inputsOf("apps.diagnosis")).toHaveLength(1);
    console.api.answer({ "apps.diagnosis": { ...diagnosis, apps: [] } });
    await console.click("Refresh");
    expect([...document.querySelectorAll("main h2")].map((title) => title.textContent)).toEqual([
      "This server",
    ]);
    expect(console.api.inputsOf("apps.diagnosis")).toHaveLength(2);
  });

  it("says that the checks could not be made, with the request number", async () => {
    const console = await open(new Refusal("INTERNAL_SERVER_ERROR", 500));
    await console.wait(1_000); // it asks once more by itself
    expect(console.page.slice(-4, -1)).toEqual([
      "alert: (error) ‹plug-connected-x›",
      "Could not load",
      "The server returned an error. Search its log for the request number to find the reason.",
    ]);
  });
});

describe("findings", () => {
  it("are sorted by state and otherwise stay in their order", () => {
    const second = { ...used, check: "second" };
    expect(byUrgency([ok, used, unknown, refused, second])).toEqual([refused, used, second, unknown, ok]);
  });

  it("are counted by state", () => {
    expect(countOf([ok, used, unknown, refused, used])).toEqual({ problems: 1, warnings: 2 });
    expect(countOf([ok, unknown])).toEqual({ problems: 0, warnings: 0 });
  });
});
