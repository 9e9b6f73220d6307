// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import type { Delivery, HostDetail, HostRow } from "../src/api/types.js";
import { consoleTests, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { ago, ahead } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// The pages about host applications: their text, and each control with the exact call that it makes.

consoleTests();

const shop: HostRow = {
  id: "shop",
  name: "The shop",
  origins: ["https://shop.example", "https://m.shop.example"],
  redirectPaths: ["/wechat/return"],
  createdAt: ago({ days: 30 }),
  disabledAt: null,
  keys: 2,
  lastUsedAt: ago({ minutes: 3 }),
  webhooks: 2,
  disabledWebhooks: 1,
};
const crm: HostRow = {
  ...{ ...shop, id: "crm", name: "CRM", origins: ["https://crm.example"], keys: 0, webhooks: 0 },
  ...{ disabledAt: ago({ hours: 2 }), lastUsedAt: null, disabledWebhooks: 0 },
};
const key = {
  ...{ id: "01KKEY0000000000000000001", hint: "aZ9_", scopes: ["tickets", "users:read"] as const },
  ...{ cidrs: ["203.0.113.0/24"], createdAt: ago({ days: 20 }), lastUsedAt: ago({ minutes: 3 }) },
};
const hook = {
  ...{ id: "01KHK10000000000000000001", url: "https://shop.example/hooks?k=1", types: [], enabled: true },
  ...{ createdAt: ago({ days: 10 }), failingSince: null, disabledAt: null, disabledReason: null },
};
const disabledHook = {
  ...{ ...hook, id: "01KHK20000000000000000002", url: "https://old.example/", enabled: false },
  ...{ types: ["user.created" as const], failingSince: ago({ days: 4 }), disabledAt: ago({ days: 1 }) },
  disabledReason: "failing" as const,
};
const failingHook = {
  ...{ ...hook, id: "01KHK30000000000000000003" },
  ...{ url: "https://slow.example/", failingSince: ago({ hours: 2 }) },
};
const detail: HostDetail = {
  ...{ id: "shop", name: "The shop", origins: shop.origins, redirectPaths: shop.redirectPaths },
  ...{ createdAt: shop.createdAt, disabledAt: null },
  keys: [
    { ...key, scopes: [...key.scopes], revokedAt: null },
    {
      ...key,
      id: "01KKEY0000000000000000002",
      hint: "old0",
      scopes: [],
      cidrs: [],
      revokedAt: ago({ days: 1 }),
    },
  ],
  webhooks: [hook, disabledHook, failingHook],
};
const delivery: Delivery = {
  ...{
    id: "01KSENT000000000000000001",
    eventId: "evt_1",
    type: "user.created",
    state: "failed",
    attempts: 8,
  },
  ...{ createdAt: ago({ days: 2 }), nextAttemptAt: null, lastAttemptAt: ago({ hours: 5 }) },
  ...{ status: 500, error: "refused", durationMs: 120 },
};
const delivered: Delivery = {
  ...{ ...delivery, id: "01KSENT000000000000000002", eventId: "evt_2", type: "user.erased" },
  ...{ state: "delivered", attempts: 1, createdAt: ago({ minutes: 9 }), lastAttemptAt: ago({ minutes: 8 }) },
  ...{ status: 204, error: null, durationMs: 0 },
};
const pending: Delivery = {
  ...{ ...delivery, id: "01KSENT000000000000000003", eventId: "evt_3", type: "binding.created" },
  ...{ state: "pending", attempts: 2, createdAt: ago({ minutes: 7 }), lastAttemptAt: ago({ minutes: 6 }) },
  ...{ nextAttemptAt: ahead({ minutes: 5 }), status: null, error: "timed out", durationMs: null },
};
const ok = { ok: true } as const;

const list = (answers: Answers = {}, role: Role = "owner", language: "en" | "zh" = "en") =>
  openConsole("/hosts", {
    role,
    language,
    answers: { "hosts.list": { items: [crm, shop] }, "hosts.get": detail, ...answers },
  });
const open = (answers: Answers = {}, role: Role = "owner", language: "en" | "zh" = "en", search = "") =>
  openConsole(`/hosts/shop${search}`, { role, language, answers: { "hosts.get": detail, ...answers } });
const front = () => {
  const last = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1);
  if (!last) throw new Error("no dialog is open");
  return last;
};
const press = (console: OpenedConsole, name: string) =>
  console.click(within(front()).getByRole("button", { name }));
const type = (console: OpenedConsole, label: string, text: string) =>
  console.type(within(front()).getByLabelText(label), text);
const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => transcript(one).join(" "));

describe("the host applications", () => {
  it.each(["en", "zh"] as const)("are listed, and each has a page (%s)", async (language) => {
    const console = await list({}, "owner", language);
    expect(console.page).toMatchSnapshot();
    await console.open("/hosts/shop");
    expect(console.page).toMatchSnapshot();
    expect(console.api.inputsOf("hosts.get")).toEqual([{ id: "shop" }]);
  });

  it("open at the top of their page", async () => {
    const console = await list();
    window.scrollTo(0, 500);
    await console.click(console.link("CRM"));
    expect([console.address, window.scrollY]).toEqual(["/hosts/crm", 0]);
  });

  it("are not in a viewer's menu, and say that they are not allowed", async () => {
    const refused = new Refusal("FORBIDDEN", 403, "role_too_low");
    const console = await list({ "hosts.list": refused }, "viewer");
    expect(console.page.join("\n")).toContain("Not allowed");
    expect(console.read("nav").join("\n")).not.toContain("/admin/hosts");
    await console.close();
    expect((await list({}, "operator")).read("nav").join("\n")).toContain("/admin/hosts");
  });

  it("say what they are for while there is none", async () => {
    const console = await list({ "hosts.list": { items: [] } }, "operator");
    expect(console.page.join("\n")).toContain("No host applications yet");
  });

  it("are added with one origin and one path a line, and the page of the new one opens", async () => {
    const console = await list({ "hosts.create": { id: "shop" } });
    await console.click("Add host application");
    await type(console, "Client ID", " shop ");
    await type(console, "Name", "The shop");
    await type(console, "Origins", "https://shop.example\n\n https://m.shop.example ");
    await type(console, "Redirect paths", "/wechat/return");
    await press(console, "Add host application");
    expect(console.api.inputsOf("hosts.create")).toEqual([
      {
        ...{ id: "shop", name: "The shop", origins: ["https://shop.example", "https://m.shop.example"] },
        redirectPaths: ["/wechat/return"],
      },
    ]);
    expect(console.address).toBe("/hosts/shop");
  });

  it("keep what was typed when a value is refused, and say which and why", async () => {
    const console = await open({ "hosts.update": new Refusal("BAD_REQUEST", 400, "origins_unfit") });
    await console.click("Edit");
    await type(console, "Origins", "shop.example");
    await press(console, "Save");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("An origin is scheme, host");
    expect((within(front()).getByLabelText("Origins") as HTMLTextAreaElement).value).toBe("shop.example");
  });

  it("are disabled after a question, and enabled with Undo", async () => {
    const console = await open({ "hosts.disable": ok, "hosts.enable": ok });
    const offered = () =>
      ["Create key", "Add webhook", "Disable", "Enable"].filter((name) =>
        console.main.queryByRole("button", { name }),
      );
    expect(offered()).toEqual(["Create key", "Add webhook", "Disable"]);
    await console.click("Disable");
    expect(transcript(front())).toMatchSnapshot();
    console.api.answer({ "hosts.get": { ...detail, disabledAt: ago({}) } });
    await press(console, "Disable");
    // One that is disabled gets no key and no webhook.
    expect(offered()).toEqual(["Enable"]);
    console.api.answer({ "hosts.get": detail });
    await console.click("Undo");
    expect(console.api.inputsOf("hosts.disable")).toEqual([{ id: "shop" }]);
    expect(console.api.inputsOf("hosts.enable")).toEqual([{ id: "shop" }]);
    expect(offered()).toEqual(["Create key", "Add webhook", "Disable"]);
  });

  it("are read again where another owner was faster", async () => {
    const console = await open({ "hosts.disable": new Refusal("NOT_FOUND", 404, "not_found") });
    await console.click("Disable");
    console.api.answer({ "hosts.get": { ...detail, disabledAt: ago({}) } });
    await press(console, "Disable");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("changed or removed meanwhile");
    await press(console, "Cancel");
    expect(console.button("Enable")).toBeTruthy();
  });
});

describe("an API key", () => {
  it("is made with the chosen scopes and networks, and shown once", async () => {
    const made = { id: "01KKEY0000000000000000003", key: "wlk_AAAABBBB" };
    const console = await open({ "hosts.createKey": made });
    await console.click("Create key");
    await console.click(within(front()).getByLabelText(/^Read events/));
    await type(console, "Networks", "203.0.113.0/24\n2001:db8::/32");
    await press(console, "Create key");
    expect(console.api.inputsOf("hosts.createKey")).toEqual([
      { clientId: "shop", scopes: ["tickets", "events"], cidrs: ["203.0.113.0/24", "2001:db8::/32"] },
    ]);
    expect(transcript(front())).toMatchSnapshot();
    await press(console, "Done");
    expect(document.body.textContent).not.toContain(made.key);
  });

  it("is revoked with the end of it typed", async () => {
    const console = await open({ "hosts.revokeKey": ok });
    await console.click("Revoke the key …aZ9_");
    await press(console, "Revoke");
    expect(console.api.inputsOf("hosts.revokeKey")).toEqual([]);
    await type(console, "To confirm, type the end of the key: aZ9_", "az9_");
    await press(console, "Revoke");
    expect(console.api.inputsOf("hosts.revokeKey")).toEqual([
      { clientId: "shop", id: key.id, confirm: "aZ9_" },
    ]);
  });
});

describe("a webhook", () => {
  const of = { clientId: "shop", id: hook.id };

  it("is added, and its secret is shown once; a bad address and too many webhooks are named", async () => {
    const answers = [
      new Refusal("BAD_REQUEST", 400, "input_invalid"),
      new Refusal("CONFLICT", 409, "conflict"),
      { ...hook, secret: "whsec_AAAA" },
    ];
    const console = await open({
      "hosts.createWebhook": () => {
        const answer = answers.shift();
        if (answer instanceof Refusal || !answer) throw answer;
        return answer;
      },
    });
    await console.click("Add webhook");
    await type(console, "Address", "http://10.0.0.1");
    await press(console, "Add webhook");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("This address is not accepted");
    await type(console, "Address", " https://shop.example/hooks ");
    await press(console, "Add webhook");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("There are ten webhooks already");
    await console.click(within(front()).getByLabelText("user.erased"));
    await press(console, "Add webhook");
    expect(console.api.inputsOf("hosts.createWebhook").at(-1)).toEqual({
      ...{ clientId: "shop", url: "https://shop.example/hooks", types: ["user.erased"] },
    });
    expect(front().querySelector("code")?.textContent).toBe("whsec_AAAA");
  });

  it("is tested, and says what the receiver answered", async () => {
    const console = await open({
      "hosts.testWebhook": ({ id }) =>
        id === hook.id
          ? { delivered: true, status: 204, error: null }
          : { delivered: false, status: null, error: "timed out" },
    });
    for (let n = 0; n < 2; n++) {
      await console.click(console.body.getAllByRole("button", { name: "Send test" })[n] as HTMLElement);
    }
    expect(console.api.inputsOf("hosts.testWebhook")).toEqual([of, { ...of, id: disabledHook.id }]);
    expect(notifications()).toEqual([
      expect.stringContaining("The receiver accepted the test message: 204."),
      expect.stringContaining("The test message was not accepted: it did not answer in time."),
    ]);
  });

  it.each([
    ["en", "Send test", "The application is disabled, so nothing is sent to it"],
    ["zh", "发送测试", "该应用已停用，不会向它推送任何消息"],
  ] as const)(
    "is offered no test while its host application is disabled, and says why (%s)",
    async (language, test, reason) => {
      const disabled = { ...detail, disabledAt: ago({ hours: 1 }) };
      const { body } = await open({ "hosts.get": disabled }, "operator", language);
      expect(body.queryAllByRole("button", { name: test })).toEqual([]);
      expect(body.getAllByText(reason, { exact: false })).toHaveLength(3);
    },
  );

  const ofHost = [
    "The application is disabled, so nothing is sent to it",
    "该应用已停用，不会向它推送任何消息",
  ];
  const ofWebhook = [
    "The webhook is disabled, so nothing is sent again.",
    "该 Webhook 已停用，无法重新推送。",
  ];
  it.each([
    ["its host application", "en", { ...detail, disabledAt: ago({ hours: 1 }) }, hook, ofHost[0]],
    ["its host application", "zh", { ...detail, disabledAt: ago({ hours: 1 }) }, hook, ofHost[1]],
    ["it", "en", detail, disabledHook, ofWebhook[0]],
    ["it", "zh", detail, disabledHook, ofWebhook[1]],
  ] as const)(
    "shows its deliveries, and offers to send none again while %s is disabled, and says why (%s)",
    async (_what, language, host, { id }, reason) => {
      const page = { items: [delivery], nextCursor: null };
      const answers = { "hosts.get": host, "hosts.deliveries": page };
      const console = await open(answers, "operator", language, `?webhook=${id}`);
      const drawer = console.drawer.join("\n");
      expect(drawer).toContain("user.created");
      expect(drawer).toContain(reason);
      const again = language === "en" ? /again$/ : /^重新推送/;
      expect(within(front()).queryAllByRole("button", { name: again })).toEqual([]);
      expect(drawer).not.toMatch(language === "en" ? /Send again/ : /^重新推送$/m);
    },
  );

  it("gets another secret, is enabled again, and is removed after a question", async () => {
    const console = await open({
      "hosts.rotateWebhookSecret": { secret: "whsec_NEW", previousUntil: ahead({ days: 1 }) },
      "hosts.enableWebhook": hook,
      "hosts.deleteWebhook": ok,
    });
    await console.click(console.body.getAllByRole("button", { name: "Rotate secret" })[0] as HTMLElement);
    await press(console, "Rotate secret");
    expect(transcript(front())).toMatchSnapshot();
    await press(console, "Done");
    await console.click("Enable again");
    await console.click(console.body.getAllByRole("button", { name: "Remove" })[0] as HTMLElement);
    await press(console, "Remove");
    expect(console.api.inputsOf("hosts.rotateWebhookSecret")).toEqual([of]);
    expect(console.api.inputsOf("hosts.enableWebhook")).toEqual([{ ...of, id: disabledHook.id }]);
    expect(console.api.inputsOf("hosts.deleteWebhook")).toEqual([of]);
  });

  it.each(["en", "zh"] as const)(
    "shows its deliveries, by state, and sends one again (%s)",
    async (language) => {
      const page = { items: [delivery, delivered, pending], nextCursor: null };
      const answers = { "hosts.deliveries": page, "hosts.resend": ok };
      const console = await open(answers, "operator", language, `?webhook=${hook.id}`);
      expect(console.drawer).toMatchSnapshot();
      const select = front().querySelector("select") as HTMLSelectElement;
      await console.type(select, "failed");
      expect(console.api.inputsOf("hosts.deliveries")).toEqual([
        { clientId: "shop", webhookId: hook.id },
        { clientId: "shop", webhookId: hook.id, state: "failed" },
      ]);
      await console.click(language === "en" ? "Send event evt_1 again" : "重新推送事件 evt_1");
      expect(console.api.inputsOf("hosts.resend")).toEqual([{ ...of, deliveryId: delivery.id }]);
    },
  );

  it("shows its deliveries page by page where they stand, and is closed with their page and state", async () => {
    const console = await open({ "hosts.deliveries": { items: [delivery], nextCursor: "c2" } }, "operator");
    window.scrollTo(0, 500);
    await console.click(console.main.getAllByRole("link", { name: "Deliveries" })[0] as HTMLElement);
    expect([console.address, window.scrollY]).toEqual([`/hosts/shop?webhook=${hook.id}`, 500]);
    await console.type(front().querySelector("select") as HTMLSelectElement, "failed");
    await press(console, "Next");
    const listed = { clientId: "shop", webhookId: hook.id };
    expect(console.api.inputsOf("hosts.deliveries")).toEqual([
      listed,
      { ...listed, state: "failed" },
      { ...listed, state: "failed", cursor: "c2" },
    ]);
    expect([console.address, window.scrollY]).toEqual([
      `/hosts/shop?webhook=${hook.id}&state=failed&cursor=c2`,
      500,
    ]);
    await press(console, "Clear filters");
    expect(console.address).toBe(`/hosts/shop?webhook=${hook.id}`);
    await press(console, "Next");
    await press(console, "Close");
    expect([console.address, window.scrollY]).toEqual(["/hosts/shop", 500]);
  });

  it("says in words why each delivery was not taken, and a reason that it does not know by its name", async () => {
    const reasons = {
      "address refused": "its address is not public",
      "name not found": "its name was not found",
      "connection failed": "no connection",
      "certificate refused": "its certificate was not accepted",
      "timed out": "it did not answer in time",
      redirected: "301 · it redirected",
      refused: "500 · it refused",
      "secret unreadable": "the secret cannot be read: create a new one",
      "endpoint disabled": "the webhook was disabled",
      "event deleted": "the event is too old",
      "of another version": "of another version",
    };
    const statuses: Record<string, number> = { redirected: 301, refused: 500 };
    const items = Object.keys(reasons).map((error, id) => ({
      ...{ ...delivery, id: String(id), error, status: statuses[error] ?? null },
    }));
    const answers = { "hosts.deliveries": { items, nextCursor: null } };
    const console = await open(answers, "operator", "en", `?webhook=${hook.id}`);
    expect(console.rows.map(({ Answer }) => Answer)).toEqual(Object.values(reasons));
  });
});
