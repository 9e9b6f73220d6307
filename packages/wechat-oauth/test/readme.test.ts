import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { errcodes } from "../src/errcodes.js";
import type { CallReport } from "../src/index.js";
import { accessToken, appId, clientAnswering, openid, userInfoAnswer } from "./fake-wechat.js";
import { advise } from "./readme/errcodes.js";
import { traceCalls } from "./readme/opentelemetry.js";
import { logCalls } from "./readme/pino.js";

const busy = { errcode: -1, errmsg: "system error, rid: 6326ffdf-41c7c0d8-5a6bb364" };

/** Makes three requests (a busy answer, a successful one, no connection) and reports them to the hook. */
async function reportCalls(onCall: (call: CallReport) => void): Promise<void> {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  try {
    const { client } = clientAnswering([busy, userInfoAnswer, new Error("reset")], { onCall });
    await client.getUserInfo({ accessToken, openid });
    await client.getUserInfo({ accessToken, openid }).catch(() => {});
  } finally {
    vi.useRealTimers();
  }
}

describe("the README", () => {
  it.each([
    "server.mjs",
    "ways-in.ts",
    "callback.ts",
    "call.ts",
    "keeper.ts",
    "errcodes.ts",
    "opentelemetry.ts",
    "pino.ts",
  ])("shows %s exactly as it is type-checked or run in these tests", async (file) => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    const code = await readFile(new URL(`./readme/${file}`, import.meta.url), "utf8");
    expect(readme).toContain(`\`\`\`${file.endsWith(".mjs") ? "js" : "ts"}\n${code}\`\`\`\n`);
  });
});

describe("the table of errcodes that the README describes", () => {
  it("has more than a hundred WeChat codes and gives advice as shown", () => {
    expect(errcodes.filter(({ code }) => typeof code === "number").length).toBeGreaterThan(100);
    expect(advise(40164)).toMatch(/^This server's public IP is not on the allow-list\. \(operator\) 1\. /);
    expect(advise(1)).toMatch(/^1 is not among the \d+ explained codes\.$/);
  });
});

describe("the README's tracing hook", () => {
  it("creates one span per request, with its time and outcome", async () => {
    const spans: object[] = [];
    const tracer = {
      startSpan: (name: string, options: object) => {
        const span = { name, ...options, status: 0, endedAt: 0 };
        spans.push(span);
        return {
          setStatus: ({ code }: { code: number }) => Object.assign(span, { status: code }),
          end: (endedAt: number) => void Object.assign(span, { endedAt }),
        };
      },
    };
    await reportCalls(traceCalls(tracer));
    const attributes = { "wechat.app_id": appId, "wechat.endpoint": "sns/userinfo" };
    const common = {
      name: "wechat sns/userinfo",
      kind: 2,
      startTime: 1_700_000_000_000,
      endedAt: 1_700_000_000_000,
    };
    expect(spans).toEqual([
      {
        ...common,
        status: 2,
        attributes: {
          ...attributes,
          "wechat.attempt": 1,
          "wechat.errcode": -1,
          "wechat.rid": "6326ffdf-41c7c0d8-5a6bb364",
          "error.type": "-1",
        },
      },
      { ...common, status: 0, attributes: { ...attributes, "wechat.attempt": 2 } },
      { ...common, status: 2, attributes: { ...attributes, "wechat.attempt": 1, "error.type": "NETWORK" } },
    ]);
  });
});

describe("the README's logging hook", () => {
  it("writes one line per request, failures at a higher level, without tokens", async () => {
    const lines: unknown[] = [];
    const level = (name: string) => (fields: object, message: string) =>
      void lines.push({ name, message, ...fields });
    await reportCalls(logCalls({ debug: level("debug"), warn: level("warn") }));
    expect(lines).toMatchObject([
      { name: "warn", message: "wechat sns/userinfo refused", appId, errcode: -1, attempt: 1 },
      { name: "debug", message: "wechat sns/userinfo ok", attempt: 2 },
      { name: "warn", message: "wechat sns/userinfo failed", code: "NETWORK" },
    ]);
    expect(JSON.stringify(lines)).not.toContain(accessToken);
  });
});
