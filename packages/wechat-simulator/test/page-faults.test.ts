import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Fault, type Simulator, startSimulator } from "../src/index.js";
import { openPanel, submit, wordsOf } from "./panel.js";
import { authorizeUrl, codeOf, exchange, open, openAs, qrUrl, tap } from "./phone.js";

// WeChat's two pages fail as pages do; faults about JSON do not apply.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const liveCodes = () => simulator.state().liveCodes;
const lastVisit = () => simulator.requests().at(-1);

const pages = [
  { endpoint: "authorize", urlOf: authorizeUrl },
  { endpoint: "qrconnect", urlOf: qrUrl },
] as const;

describe.each(pages)("a fault of the page $endpoint", ({ endpoint, urlOf }) => {
  it("shows a page error, after which the page works again", async () => {
    simulator.fail(endpoint, { kind: "errcode", errcode: 10009 });
    expect(await (await open(urlOf(simulator))).text()).toContain("操作太频繁了，请稍后重试");
    expect(lastVisit()).toMatchObject({ fault: "errcode", errcode: 10009 });
    expect((await openAs("alice", urlOf(simulator))).status).toBe(302);
  });

  it("sends a gateway's HTML with HTTP 502 and issues no code", async () => {
    simulator.fail(endpoint, { kind: "http_502" });
    const response = await openAs("alice", urlOf(simulator));
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("text/html");
    expect(await response.text()).toContain("502 Bad Gateway");
    expect(liveCodes()).toBe(0);
    expect(lastVisit()).toMatchObject({ endpoint, status: 502, fault: "http_502" });
  });

  it("sends a custom body, which cannot affect the panel", async () => {
    const fault: Fault = { kind: "body", body: "<script>1</script>$SECRET", status: 503 };
    simulator.fail(endpoint, fault);
    const response = await openAs("alice", urlOf(simulator));
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toBe("sandbox");
    expect(await response.text()).toBe("<script>1</script>");
    expect(liveCodes()).toBe(0);
  });

  it("resets the connection before the visit takes effect", async () => {
    simulator.fail(endpoint, { kind: "reset", when: "before" });
    await expect(openAs("alice", urlOf(simulator))).rejects.toThrow();
    expect(liveCodes()).toBe(0);
    expect(lastVisit()).toMatchObject({ status: 0, fault: "reset" });
  });

  it("resets the connection after a code was issued, which is lost", async () => {
    simulator.fail(endpoint, { kind: "reset", when: "after" });
    await expect(openAs("alice", urlOf(simulator))).rejects.toThrow();
    expect(liveCodes()).toBe(1);
    expect(lastVisit()).toMatchObject({ status: 0, fault: "reset", person: "alice" });
    expect(wordsOf((await openPanel(simulator)).text)).toContain("Response that was not delivered http");
  });

  it("delays the page and its redirect", async () => {
    simulator.fail(endpoint, { kind: "delay", ms: 30 }, 2);
    const timers = vi.spyOn(globalThis, "setTimeout");
    const startedAt = performance.now();
    const page = await open(urlOf(simulator));
    expect(await page.text()).toContain("<!doctype html>");
    expect(codeOf(await openAs("alice", urlOf(simulator)))).toMatch(/^\w{32}$/);
    // A timer may fire a little early by this clock.
    expect(performance.now() - startedAt).toBeGreaterThan(55);
    expect(timers.mock.calls.filter(([, ms]) => ms === 30)).toHaveLength(2);
    timers.mockRestore();
    expect(lastVisit()).toMatchObject({ status: 302, fault: "delay" });
  });

  it("sends the page byte by byte, and a redirect when the last byte would have been sent", async () => {
    const whole = await (await open(urlOf(simulator))).text();
    simulator.fail(endpoint, { kind: "slow_drip", ms: 30 }, 2);
    const startedAt = performance.now();
    const page = await open(urlOf(simulator));
    expect((await page.text()).length).toBe(whole.length);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(codeOf(await openAs("alice", urlOf(simulator)))).toMatch(/^\w{32}$/);
    expect(performance.now() - startedAt).toBeGreaterThan(50);
  });

  it("sends the first bytes of a dripping page at once", async () => {
    simulator.fail(endpoint, { kind: "slow_drip", ms: 600_000 });
    const page = await open(urlOf(simulator));
    const reader = page.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^<.{0,40}$/);
    await reader?.cancel();
  });

  it.each([
    [
      { kind: "invalid_json" },
      `a page cannot fail by invalid_json; ${endpoint} accepts errcode, delay, reset, `,
    ],
    [{ kind: "truncated_json" }, "accepts errcode, delay, reset, http_502, slow_drip, body"],
    [{ kind: "broken_utf8" }, "accepts errcode, delay"],
    [{ kind: "oversized" }, "accepts errcode, delay"],
    [{ kind: "errcode", errcode: 40029 }, "must be one of 10003, 10004, 10005, 10006, 10009, 10010, "],
  ] satisfies [Fault, string][])("rejects %j with the supported kinds", async (fault, problem) => {
    expect(() => simulator.fail(endpoint, fault)).toThrow(problem);
    const response = await fetch(`${simulator.url}/_simulator/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ endpoint, fault }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(problem);
    expect(simulator.faults()).toEqual([]);
  });

  it("can be planned by the panel's form as well", async () => {
    await submit(simulator, "faults", { endpoint, kind: "http_502", unit: "percent", amount: "100" });
    expect((await open(urlOf(simulator))).status).toBe(502);
    const refused = await submit(simulator, "faults", { endpoint, kind: "oversized" });
    expect(wordsOf(await refused.text())).toContain(
      "accepts errcode, delay, reset, http_502, slow_drip, body",
    );
    await submit(simulator, "faults", { endpoint, kind: "reset:after", unit: "times", amount: "1" });
    expect(wordsOf((await openPanel(simulator, "/faults")).text)).toContain(
      `${endpoint} connection reset after the visit; its code is lost next 1`,
    );
    simulator.clearFaults();
    await submit(simulator, "faults/preset", { preset: "page-gone" });
    expect((await open(urlOf(simulator))).status).toBe(502);
  });
});

describe("a visit that a fault hits", () => {
  it("may be the person's decision, after which the issued code is lost", async () => {
    await open(authorizeUrl(simulator));
    simulator.fail("authorize", { kind: "reset", when: "after" });
    const decision = { person: "alice", decision: "allow" };
    await expect(tap(simulator, authorizeUrl(simulator), decision)).rejects.toThrow();
    expect(liveCodes()).toBe(1);
  });

  it("is always one of WeChat's browser: the page for other browsers uses up no fault", async () => {
    simulator.fail("authorize", { kind: "http_502" });
    expect((await fetch(authorizeUrl(simulator))).status).toBe(200);
    expect((await open(authorizeUrl(simulator))).status).toBe(502);
  });

  it("does not delay closing the simulator", async () => {
    for (const kind of ["delay", "slow_drip"] as const) {
      const slow = await startSimulator();
      slow.fail("authorize", { kind, ms: 600_000 });
      const waiting = expect(open(authorizeUrl(slow)).then((page) => page.text())).rejects.toThrow();
      await vi.waitFor(() => expect(slow.calls("authorize")).toBe(1));
      await slow.close();
      await waiting;
    }
  });

  it("does not affect API calls", async () => {
    simulator.fail("authorize", { kind: "http_502" }, { share: 1 });
    expect((await exchange(simulator, "x")).status).toBe(200);
  });
});
