import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHost } from "./support/hosts.js";
import { seedOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { userOf } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

// By the number of its request a line is found among those of all requests that run at the same time.

interface Line {
  event: string;
  msg: string;
  reqId?: string;
  route?: string;
}

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
beforeEach(() => {
  system.logLines.length = 0;
});
afterAll(() => system.close());

/** Each line so far and the route of the request whose number it has; undefined without one. */
async function linesWithRoutes() {
  const lines = () => system.logLines.map((line) => JSON.parse(line) as Line);
  const isRequest = ({ event }: Line) => event === "request";
  const answered = () => new Map(lines().flatMap(({ reqId, route }) => (route ? [[reqId, route]] : [])));
  // An answer is read before its own line is written.
  await expect.poll(() => lines().at(-1)?.event).toBe("request");
  const routes = answered();
  return lines()
    .filter((line) => !isRequest(line))
    .map(({ event, msg, reqId }) => [event, reqId && routes.get(reqId), msg]);
}

const press = async (browser: ReturnType<System["browser"]>, form: string, origin = system.url) =>
  (await browser.visit(`/login/account/${form}`, { method: "POST", headers: { origin } })).status;

const signedIn = async (person: string) => {
  const browser = system.browser({ person });
  await browser.signIn();
  return browser;
};

describe("what a request does is in the log with the number of the request", () => {
  it("by a form of the account page", async () => {
    const phone = await signedIn("alice");
    const [other, third] = [await signedIn("alice"), await signedIn("alice")];
    const [session] = (await rowsOf(system.db, "sessions")).sort((a, b) => (a.id < b.id ? -1 : 1));
    system.logLines.length = 0;
    expect(await press(other, "sign-out", "https://evil.example")).toBe(403);
    for (const form of ["refresh-profile", `end-session/${session?.id}`, "sign-out"]) {
      expect(await press(other, form)).toBe(303);
    }
    expect(await press(phone, "sign-out")).toBe(303);
    expect(await press(third, "delete")).toBe(200);
    expect(await linesWithRoutes()).toEqual([
      ["foreign_origin", "/login/account/sign-out", "a request from another site was refused"],
      ["profile_read", "/login/account/refresh-profile", "a person asked to read their profile"],
      ["session_revoked", "/login/account/end-session/:id", "a session of a person was ended"],
      ["signed_out", "/login/account/sign-out", "a person signed out"],
      ["user_erased", "/login/account/delete", "a person was erased"],
    ]);
  });

  it("by the host API and the console", async () => {
    const userId = (await userOf(await signedIn("emoji"))) ?? "";
    const [viewer, operator] = [await seedOperator(system, "viewer"), await seedOperator(system)];
    const [binding] = await rowsOf(system.db, "bindings");
    const shop = await createHost(system);
    system.logLines.length = 0;
    expect((await shop.call("POST", `/users/${userId}/block`, { reason: "spam" })).status).toBe(200);
    expect((await shop.call("GET", "/users/none")).status).toBe(400);
    expect((await operator.mutate("people.unblock", { userId })).status).toBe(200);
    expect((await viewer.mutate("people.unblock", { userId })).status).toBe(403);
    expect((await viewer.browser.visit(`/admin/avatars/${binding?.id}`)).status).toBe(403);
    expect((await rowsOf(system.db, "auditLog")).find(({ event }) => event === "people.block")).toMatchObject(
      {
        ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
      },
    );
    expect(await linesWithRoutes()).toEqual([
      ["user_blocked", "/api/v1/users/:id/block", "a person was blocked"],
      ["host_request_refused", "/api/v1/users/:id", "a request was refused"],
      ["user_unblocked", "/admin/trpc/:path", "a person was unblocked"],
      ["role_too_low", "/admin/trpc/:path", "an operator's role was too low"],
      ["procedure_failed", "/admin/trpc/:path", "a procedure was refused"],
      ["role_too_low", "/admin/avatars/:bindingId", "an operator's role was too low"],
    ]);
  });
});
