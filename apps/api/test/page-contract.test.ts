import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createApps } from "../src/domain/apps.js";
import { fillPage } from "../src/http/fill-page.js";
import { type PageSlots, pageNames } from "../src/http/page-contract.js";
import { createSendPage, type PageSource } from "../src/http/pages.js";

/** A page that shows the value of each named slot in an element of its own. */
const pageWith =
  (...slots: string[]): PageSource =>
  async () =>
    slots.map((slot) => `<p id="${slot}">{{${slot}}}</p>`).join("");

const publicUrl = new URL("https://login.example.com");

/** Just enough of Fastify for `SendPage`: the status and the body that it would send. */
function fakeExchange() {
  const sent: { status?: number; body?: string } = {};
  const request = { headers: {} } as FastifyRequest;
  const reply = {
    code(status: number) {
      sent.status = status;
      return reply;
    },
    header: () => reply,
    type: () => reply,
    send(body: string) {
      sent.body = body;
      return reply;
    },
  } as unknown as FastifyReply;
  return { request, reply, sent };
}

// `npm test` type-checks this file: an `@ts-expect-error` line without an error under it fails there.
describe("SendPage's types", () => {
  const { request, reply } = fakeExchange();
  const sendPage = createSendPage(pageWith(), createApps([]), publicUrl);

  it("require every slot of a page", async () => {
    await sendPage(request, reply, "profile", { continue: "/on", cancel: "/", version: "" });
    // @ts-expect-error the slot `cancel` is missing
    await sendPage(request, reply, "profile", { continue: "/on", version: "" });
    // @ts-expect-error all slots are missing
    await sendPage(request, reply, "profile");
    // @ts-expect-error a value that may be undefined needs an explicit ""
    await sendPage(request, reply, "profile", { continue: "/on", version: "", cancel: undefined });
  });

  it("refuse a misspelt slot, a slot of another page and an unknown page", async () => {
    // @ts-expect-error `start` is misspelt
    await sendPage(request, reply, "home", { strat: "/login/wechat" });
    // @ts-expect-error `qr` is a slot of other pages
    await sendPage(request, reply, "wecom", { link: "/", anyway: "/", qr: "<svg/>" });
    // @ts-expect-error there is no page of this name
    await sendPage(request, reply, "homepage", { start: "/login/wechat" });
  });

  it("require the slots of all pages that a variable may name", () => {
    expectTypeOf<PageSlots<"home" | "signed-out">>().toEqualTypeOf<{ readonly start: string }>();
    expectTypeOf<PageSlots<"wecom" | "scan-with-phone">>().toEqualTypeOf<{
      readonly link: string;
      readonly anyway: string;
      readonly qr: string;
    }>();
  });
});

describe("createSendPage", () => {
  it("escapes every value except the QR code's markup", async () => {
    const { request, reply, sent } = fakeExchange();
    const slots = { link: `"><b>`, anyway: "'&", qr: "<svg/>" };
    const sendPage = createSendPage(pageWith("link", "anyway", "qr"), createApps([]), publicUrl);
    await sendPage(request, reply, "scan-with-phone", slots);
    expect(sent.body).toBe(
      '<p id="link">&quot;&gt;&lt;b&gt;</p><p id="anyway">&#39;&amp;</p><p id="qr"><svg/></p>',
    );
  });
});

describe("fillPage", () => {
  const row =
    "<!--each rows--><li>{{name}}<!--when kind=a--> A {{own}}<!--/when kind--></li><!--/each rows-->";

  it("repeats a part for each row, with the slots of the row before those of the page", () => {
    const rows = [
      { name: "one", kind: "a" },
      { name: "two", kind: "b", own: "x" },
    ];
    expect(fillPage(`${row}{{own}}`, { own: "<1>", name: "page", rows })).toBe(
      "<li>one A &lt;1&gt;</li><li>two</li>&lt;1&gt;",
    );
    expect(fillPage(`[${row}]`, { own: "1", rows: [] })).toBe("[]");
    expect(fillPage(`[${row}]`, {})).toBe("[]");
    // A text is no list, and a list is no text.
    expect(fillPage(`[${row}{{rows}}]`, { rows: "text" })).toBe("[text]");
    expect(fillPage("[{{rows}}{{none}}]", { rows })).toBe("[]");
  });

  it("keeps a part only for its value of a slot, also within a part of another slot", () => {
    const page =
      "<!--when a=1-->one<!--when b=x-->{{c}}<!--/when b--><!--/when a--><!--when a=2-->two<!--/when a-->";
    expect(fillPage(page, { a: "1", b: "x", c: "!" })).toBe("one!");
    expect(fillPage(page, { a: "1", b: "y", c: "!" })).toBe("one");
    expect(fillPage(page, { a: "2", b: "x" })).toBe("two");
    expect(fillPage(page, {})).toBe("");
  });

  it("never reads a value as a slot, a part or markup", () => {
    const name = "{{own}}<!--each rows-->$&<!--when kind=a--><b>'\"&";
    expect(fillPage(row, { own: "secret", rows: [{ name, kind: "$1" }] })).toBe(
      "<li>{{own}}&lt;!--each rows--&gt;$&amp;&lt;!--when kind=a--&gt;&lt;b&gt;&#39;&quot;&amp;</li>",
    );
  });
});

describe("the page names", () => {
  it("can stand in a file name and a URL as they are", () => {
    for (const page of pageNames) expect(page).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });
});

describe("the status of a page", () => {
  it("says what happened: 200 for what a person can go on from, 4xx for a refusal, 424 for WeChat's part", async () => {
    const sendPage = createSendPage(pageWith(), createApps([]), publicUrl);
    const byStatus: Record<number, string[]> = {};
    for (const page of pageNames) {
      const { request, reply, sent } = fakeExchange();
      await sendPage(request, reply, page, {} as never);
      const { status = 0 } = sent;
      byStatus[status] = [...(byStatus[status] ?? []), page];
    }
    expect(byStatus).toEqual({
      200: [
        "home",
        "signed-out",
        "account",
        "account-deleted",
        "profile",
        "missing-profile",
        "unionid",
        "bind-link",
        "open-in-wechat",
        "scan-with-phone",
        "open-on-desktop",
        "wecom",
        "mini-program",
        "refused",
        "bind-refused",
        "link-refused",
      ],
      400: ["invalid-callback", "invalid-host-link", "code-rejected"],
      403: [
        "snapshot",
        "wrong-browser",
        "not-allowed",
        "blocked",
        "bind-snapshot",
        "bind-not-allowed",
        "bind-blocked",
        "session-changed",
        "link-snapshot",
        "link-not-allowed",
        "link-blocked",
      ],
      404: ["not-found"],
      409: ["bound-elsewhere", "link-bound-elsewhere"],
      410: ["expired", "used", "bind-expired", "link-retry", "link-expired"],
      424: [
        "wechat-unavailable",
        "sign-in-failed",
        "bind-unavailable",
        "bind-failed",
        "link-unavailable",
        "link-failed",
      ],
      429: ["too-many-requests"],
      500: ["server-error"],
      503: ["busy"],
    });
  });
});
