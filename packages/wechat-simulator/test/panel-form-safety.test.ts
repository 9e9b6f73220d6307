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
    ["people/revoke", { person: "unknown" }],
    ["people/follow", { person: "alice", appId: "wx0" }],
    ["phone", { person: "unknown" }],
    ["faults", { endpoint: "auth", kind: "errcode", errcode: "" }],
    ["faults", { endpoint: "auth", kind: "http_502", unit: "percent", amount: "101" }],
    ["faults", { endpoint: "authorize", kind: "truncated_json", amount: "1" }],
    ["faults", { endpoint: "authorize", kind: "errcode", errcode: "40163", amount: "1" }],
    ["faults", { endpoint: "nowhere", kind: "http_502", amount: "1" }],
    ["faults/preset", { preset: "x" }],
    ["settings", { name: "x", value: "x" }],
    ["settings", { name: "qrPollSeconds", value: "61" }],
    ["clock", { seconds: "-1" }],
    ["apps/limit", { appId, limit: "daily.token", most: "-1" }],
    ["apps/limit", { appId, limit: "quotaClearsPerMonth", most: "" }],
    ["apps/callback-host", { appId, host: "a b" }],
    ["apps/callback-host", { appId, host: "127.0.0.1:1" }],
    ["people/create", { nickname: "x".repeat(1001) }],
    ["people/delete", { person: "unknown" }],
  ])("reports a mistake in Chinese as well: %s %j", async (form, fields) => {
    const response = await fetch(`${simulator.url}/_simulator/forms/${form}`, {
      method: "POST",
      headers: { origin: simulator.url, "accept-language": "zh-CN" },
      body: new URLSearchParams(fields as Record<string, string>),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    const page = await response.text();
    expect(page).toContain("操作失败");
    expect(page).not.toContain('<p lang="en">');
  });

  it("is refused if another site sends it", async () => {
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

  it.each([
    ["/connect/oauth2/authorize?state=中", "/connect/oauth2/authorize?state=%E4%B8%AD"],
    ["/connect/qrconnect?a=b c\r\nx: y", "/connect/qrconnect?a=b%20c%0D%0Ax:%20y"],
  ])("redirects to the requested page with any characters in its address: %j", async (next, location) => {
    const response = await submit(simulator, "wechat", { pretend: "1", next });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(location);
  });

  it("redirects only to a page of the panel", async () => {
    const response = await submit(simulator, "requests/clear", { back: "//evil.example" });
    expect(response.headers.get("location")).toBe("/?done=cleared");
  });
});
