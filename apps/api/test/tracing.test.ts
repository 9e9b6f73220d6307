import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { CallReport } from "@wechat-login/oauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { traceCall } from "../src/domain/tracing.js";
import { userAgents } from "./support/browser.js";
import { startDomainHarness } from "./support/domain-harness.js";
import { type System, startSystem } from "./support/system.js";

const exporter = new InMemorySpanExporter();
let system: System;
beforeAll(async () => {
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  system = await startSystem();
});
afterAll(async () => {
  trace.disable();
  context.disable();
  await system.close();
});
beforeEach(() => exporter.reset());

/** Each span with its attributes and, if it has one, its parent's name, in the order of their ends. */
const spans = () => {
  const finished = exporter.getFinishedSpans();
  const parentOf = ({ parentSpanContext }: ReadableSpan) =>
    finished.find((other) => other.spanContext().spanId === parentSpanContext?.spanId)?.name;
  return finished.map((span) => [span.name, span.attributes, span.status.code === 2, parentOf(span)]);
};

describe("the spans of a process with an OpenTelemetry SDK", () => {
  it("tell of a sign-in's start, its callback, and in that of each call to WeChat", async () => {
    await system.browser({ person: "alice", userAgent: userAgents.desktop }).signIn();
    const call = (endpoint: string) => ({
      "wechat.app": "web",
      "wechat.endpoint": endpoint,
      "wechat.attempt": 1,
    });
    expect(spans()).toEqual([
      ["sign_in.start", { "wechat.app": "web", "sign_in.purpose": "sign_in" }, false, undefined],
      [...["wechat sns/oauth2/access_token", call("sns/oauth2/access_token"), false, "sign_in.callback"]],
      ["wechat sns/userinfo", call("sns/userinfo"), false, "sign_in.callback"],
      ["sign_in.callback", { "sign_in.result": "signed_in" }, false, undefined],
    ]);
    const [, first] = exporter.getFinishedSpans();
    expect(first?.kind).toBe(2);
    expect(Math.abs((first?.startTime[0] ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  });

  it("name the app and the purpose of a sign-in that adds a WeChat account", async () => {
    const harness = await startDomainHarness();
    try {
      const secret = await harness.signIn();
      exporter.reset();
      await harness.startBinding("oa", secret);
      expect(spans()).toEqual([
        ["sign_in.start", { "wechat.app": "oa", "sign_in.purpose": "bind" }, false, undefined],
      ]);
    } finally {
      await harness.close();
    }
  });

  it("mark a refusal of WeChat's with its errcode and rid, and hold no code, openid or token", async () => {
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    await system.browser({ person: "alice" }).signIn();
    expect(spans().slice(1)).toEqual([
      [
        "wechat sns/oauth2/access_token",
        {
          ...{ "wechat.app": "oa", "wechat.endpoint": "sns/oauth2/access_token", "wechat.attempt": 1 },
          ...{ "wechat.errcode": 40029, "wechat.rid": expect.any(String), "error.type": "40029" },
        },
        true,
        "sign_in.callback",
      ],
      ["sign_in.callback", { "sign_in.result": expect.any(String) }, false, undefined],
    ]);
  });

  it("have of a call without an answer its begin, its end and the library's code", () => {
    const call = { endpoint: "sns/userinfo", attempt: 2, startedAtMs: 1_000_500, durationMs: 250 } as const;
    traceCall("oa", { ...call, outcome: "error", code: "TIMEOUT" } as unknown as CallReport);
    const [span] = exporter.getFinishedSpans();
    expect([span?.startTime, span?.endTime]).toEqual([
      [1000, 500_000_000],
      [1000, 750_000_000],
    ]);
    const attributes = { "wechat.app": "oa", "wechat.endpoint": "sns/userinfo", "wechat.attempt": 2 };
    expect(spans()).toEqual([
      ["wechat sns/userinfo", { ...attributes, "error.type": "TIMEOUT" }, true, undefined],
    ]);
  });

  it("name the kind of an error that a callback ends with, without its message", async () => {
    const { run } = system.db;
    system.db.run = () => Promise.reject(new TypeError("openid oAlice"));
    try {
      await fetch(`${system.url}/login/wechat/callback?state=${"a".repeat(43)}&code=0123456789`);
    } finally {
      system.db.run = run;
    }
    expect(spans()).toEqual([["sign_in.callback", { "error.type": "TypeError" }, true, undefined]]);
    expect(exporter.getFinishedSpans()[0]?.events).toEqual([]);
  });
});
