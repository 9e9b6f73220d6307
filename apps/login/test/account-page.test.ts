import { describe, expect, it } from "vitest";
import type { PageSlots } from "../../api/src/http/page-contract.js";
import { type Language, languages } from "../src/pages.js";
import { filledPage } from "./support/filled-page.js";
import { outlineOf } from "./support/outline.js";
import { parse } from "./support/parse.js";

// The account page with rows in its lists, in both languages. Every value needs its escape, and one looks like a slot.

type Slots = PageSlots<"account">;
const binding: Slots["bindings"][number] = {
  ...{
    id: "b1",
    nickname: '<b>林"小满"</b> {{remove}}<!--each apps-->',
    app: "A<&>B",
    kind: "official_account",
  },
  ...{ boundAt: "2026-01-05T12:00:00.000Z", boundOn: "5 January", usedAt: "2026-03-09T12:00:00.000Z" },
  ...{ used: "yesterday", remove: "/remove/1", isOnly: "no" },
};
const session: Slots["sessions"][number] = {
  ...{
    id: "s1",
    client: "browser",
    platform: "windows",
    form: "desktop",
    seenAt: "2026-03-10T12:00:00.000Z",
  },
  ...{ seen: "just now", end: "/end/1", isCurrent: "yes" },
};
const slots: Slots = {
  ...{
    isNamed: "yes",
    nickname: "Ann",
    avatar: "",
    notice: "",
    refreshProfile: "/refresh",
    showProfile: "/show",
    signOut: "/out",
    signOutEverywhere: "/everywhere",
    data: "/data",
    deleteAccount: "/delete",
    keptDays: "190",
  },
  ...{ bindings: [binding], apps: [], sessions: [session], otherAccounts: [] },
};

async function openPage(language: Language, own: Partial<Slots>) {
  const { html } = await filledPage("account", language, { ...slots, ...own });
  const document = parse(html);
  const lines = (title: string) => {
    const section = document.querySelector(`section[aria-labelledby=${title}]`);
    return section ? outlineOf(section).slice(2) : [];
  };
  const status = document.querySelector("[role=status]");
  const links = [...(status?.querySelectorAll("a") ?? [])].map((link) => link.getAttribute("href"));
  return { html, lines, notice: status && [status.className, status.textContent, ...links] };
}

describe("the WeChat accounts on the account page", () => {
  it.each([
    [
      "zh",
      ["A<&>B", "· 公众号", "添加于", "最近使用：", "移除", "取消"],
      ["移除后不能再用它登录，用它登录的设备也会退出。", "确认移除"],
      ["· 网站", "已停用的应用", "微信"],
    ],
    [
      "en",
      ["A<&>B", "· Official Account", "Added", "Last used", "Remove", "Cancel"],
      ["You can no longer sign in with it, and devices that signed in with it are signed out.", "Remove it"],
      ["· Website", "An app that is no longer used", "WeChat"],
    ],
  ] as const)(
    "show each with its app, its dates and a question before it is removed (%s)",
    async (language, [app, kind, boundOn, used, remove, cancel], [question, confirm], [
      website,
      gone,
      unnamed,
    ]) => {
      const rows = [
        binding,
        { ...binding, nickname: "", kind: "website", remove: "/remove/2" },
        { ...binding, kind: "gone", remove: "/remove/3" },
      ];
      const { lines, html } = await openPage(language, { bindings: rows });
      const row = (name: string, about: string[], n: number) => [
        "<bubble, row-icon>",
        `${name} {class=row-title, id=b1, data-fallback=${unnamed}}`.trim(),
        ...about,
        ...[boundOn, "5 January {datetime=2026-01-05T12:00:00.000Z, data-local-date}"],
        ...[used, "yesterday {datetime=2026-03-09T12:00:00.000Z}"],
        ...[remove, cancel, question],
        ...[`{method=post, action=/remove/${n}}`, `(${confirm}) {class=small danger}`],
      ];
      expect(lines("bindings")).toEqual([
        ...row(binding.nickname, [app, kind], 1),
        ...row("", [app, website], 2),
        ...row(binding.nickname, [gone], 3),
      ]);
      expect(html).toContain("&lt;b&gt;林&quot;小满&quot;&lt;/b&gt; {{remove}}&lt;!--each apps--&gt;");
      expect(html.match(/<details>/g)).toHaveLength(5);
    },
  );

  it.each([
    ["zh", "唯一的登录方式，不能移除", "移除"],
    ["en", "Your only way to sign in, so it cannot be removed", "Remove"],
  ] as const)("say of the last one why it cannot be removed (%s)", async (language, why, remove) => {
    const only = await openPage(language, { bindings: [{ ...binding, isOnly: "yes" }] });
    expect(only.lines("bindings").at(-1)).toBe(why);
    expect(only.html).not.toContain("/remove/1");
    const several = await openPage(language, { bindings: [binding] });
    expect(several.lines("bindings")).toContain(remove);
    expect(several.html).not.toContain(why);
  });

  it.each([
    ["zh", "网站", "添加"],
    ["en", "Website", "Add"],
  ] as const)("have a button for each app that can be added (%s)", async (language, kind, add) => {
    const apps = [{ id: "a1", name: "<Shop>", kind: "website", add: "/add/shop" }];
    const { lines } = await openPage(language, { bindings: [], apps });
    expect(lines("bindings")).toEqual([
      "{method=post, action=/add/shop}",
      "<plus, row-icon>",
      ...["<Shop>", kind, `(${add}) {class=small, aria-describedby=a1}`],
    ]);
  });
});

describe("the sessions on the account page", () => {
  it.each([
    [
      "zh",
      ["微信", "企业微信", "微信开发者工具", "微信小程序", "浏览器"],
      "最近使用：",
      "当前浏览器",
      "退出",
    ],
    [
      "en",
      ["WeChat", "WeCom", "WeChat DevTools", "Mini Program", "Browser"],
      ...["Last used", "This browser", "Sign out"],
    ],
  ] as const)(
    "show each with its device and last use, and a button on all but this browser's (%s)",
    async (language, clients, used, here, end) => {
      const devices = [
        ["wechat", "ios", "phone", `${clients[0]} · iOS`],
        ["wecom", "android", "phone", `${clients[1]} · Android`],
        ["wechat_devtools", "harmony", "phone", `${clients[2]} · HarmonyOS`],
        ["mini_program", "mac", "desktop", `${clients[3]} · Mac`],
        ["browser", "other", "desktop", clients[4]],
      ] as const;
      const others = devices.map(([client, platform, form]) => ({
        ...session,
        client,
        platform,
        form,
        isCurrent: "no",
      }));
      const { lines } = await openPage(language, { sessions: [session, ...others] });
      const row = (icon: string, device: string[], last: string[]) => [
        "{method=post, action=/end/1}",
        `<${icon}, row-icon>`,
        ...device,
        ...[used, "just now {datetime=2026-03-10T12:00:00.000Z}"],
        ...last,
      ];
      expect(lines("sessions")).toEqual([
        ...row("desktop", [`${clients[4]} · Windows`, here], []),
        ...devices.flatMap(([, , form, device]) => {
          return row(form, [device], [`(${end}) {class=small danger, aria-describedby=s1}`]);
        }),
      ]);
    },
  );
});

describe("what has just happened", () => {
  const [done, told] = ["notice done", "notice"];
  it.each([
    [
      ...["added", done, "微信已添加，以后也可以用它登录。"],
      "WeChat was added. From now on you can sign in with it too.",
    ],
    ["already-added", done, "这个微信之前已经添加过了。", "This WeChat account was added before."],
    ["removed", done, "微信已移除。", "WeChat was removed."],
    [
      "last-binding",
      told,
      "没有移除：这是你唯一的登录方式。",
      "Not removed: it is your only way to sign in.",
    ],
    ["session-ended", done, "那个设备已退出登录。", "That device is signed out."],
    ["profile-updated", done, "昵称和头像已更新。", "Your nickname and photo are up to date now."],
    [
      ...["profile-unchanged", told, "昵称和头像没有变化，已经是最新的。"],
      "Nothing new: your nickname and photo are the same in WeChat.",
    ],
    [
      ...["profile-unanswered", told, "微信暂时没有响应，请过一会儿再试。"],
      "WeChat is not responding. Please try again in a little while.",
    ],
    [
      ...["profile-too-soon", told, "刚刚更新过，请一分钟后再试。"],
      "You asked a moment ago. Please try again in a minute.",
    ],
  ] as const)("is said at the top of the account page: %s, as a %s", async (notice, className, zh, en) => {
    expect((await openPage("zh", { notice })).notice).toEqual([className, zh]);
    expect((await openPage("en", { notice })).notice).toEqual([className, en]);
  });

  it("has a way to allow the profile again, where WeChat no longer gives it", async () => {
    const notice = "profile-not-allowed";
    expect((await openPage("zh", { notice })).notice).toEqual([
      ...[told, "微信不再允许读取你的昵称和头像，需要你重新授权。 去微信授权", "/show"],
    ]);
    expect((await openPage("en", { notice })).notice).toEqual([
      told,
      "WeChat no longer lets us read your nickname and photo. You can allow it again. Allow it in WeChat",
      "/show",
    ]);
  });

  it("is nothing after an ordinary visit", async () => {
    for (const language of languages) expect((await openPage(language, {})).notice).toBeNull();
  });
});

it("the account page offers another WeChat account where the browser can use one", async () => {
  const { lines } = await openPage("en", { otherAccounts: [{ start: "/start?a=1&b=2" }] });
  expect(lines("actions")[0]).toBe("[Use another WeChat account](/start?a=1&b=2) {class=row-action}");
  expect((await openPage("en", {})).html).not.toContain("Use another WeChat account");
});

it.each([
  ["zh", "微信用户"],
  ["en", "WeChat user"],
] as const)(
  "the account page names the person, also one without a nickname (%s)",
  async (language, unnamed) => {
    const heading = async (own: Partial<Slots>) =>
      parse((await openPage(language, own)).html).querySelector("h1")?.textContent;
    expect(await heading({ nickname: "<b>Ann</b>" })).toBe("<b>Ann</b>");
    expect(await heading({ isNamed: "no", nickname: "" })).toBe(unnamed);
  },
);
