import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { submit } from "./panel.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;

describe("every form of the panel", () => {
  it.each([
    ["people/create", { id: "alice" }],
    ["people/create", { id: "A B" }],
    ["people/revoke", { person: "nobody" }],
    ["people/follow", { person: "alice", appId: "wx0" }],
    ["phone", { person: "nobody" }],
    ["faults", { endpoint: "auth", kind: "errcode", errcode: "" }],
    ["faults", { endpoint: "auth", kind: "http_502", unit: "percent", amount: "101" }],
    ["faults", { endpoint: "authorize", kind: "http_502", amount: "1" }],
    ["faults", { endpoint: "nowhere", kind: "http_502", amount: "1" }],
    ["faults/preset", { preset: "x" }],
    ["settings", { name: "x", value: "x" }],
    ["settings", { name: "qrPollSeconds", value: "61" }],
    ["clock", { seconds: "-1" }],
    ["apps/limit", { appId, endpoint: "token", limit: "-1" }],
  ])("says in Chinese what is wrong, too: %s %j", async (form, fields) => {
    const response = await fetch(`${simulator.url}/_simulator/forms/${form}`, {
      method: "POST",
      headers: { origin: simulator.url, "accept-language": "zh-CN" },
      body: new URLSearchParams(fields as Record<string, string>),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    const text = await response.text();
    expect(text).toContain("没有成功");
    expect(text).not.toContain('<p lang="en">');
  });

  it("is refused when it comes from another site", async () => {
    const forms = [
      "reset",
      "people/create",
      "tokens/end",
      "apps/update",
      "faults/preset",
      "settings",
      "clock",
    ];
    for (const form of forms) {
      const response = await fetch(`${simulator.url}/_simulator/forms/${form}`, {
        method: "POST",
        headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
        body: new URLSearchParams({ id: "evil", seconds: "1" }),
      });
      expect(response.status).toBe(403);
    }
    expect(() => simulator.person("evil", appId)).toThrow();
  });

  it("leads back to a page of the panel and nowhere else", async () => {
    const response = await submit(simulator, "requests/clear", { back: "//evil.example" });
    expect(response.headers.get("location")).toBe("/?done=cleared");
  });
});
