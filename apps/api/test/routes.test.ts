import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operations } from "../src/domain/hosts/operations/index.js";
import { routesOf } from "./support/routes.js";
import { type System, startSystem } from "./support/system.js";

/**
 * Each route, an address of it, and what a caller without any session gets there. A route for operators that is no
 * procedure must answer 401 like `/admin/trpc`: it has to call `authenticateOperator` itself.
 */
const routes: [route: string, example: string, status: number, method?: "POST"][] = [
  ["/", "/", 302],
  ["/WW_verify_AbCd.txt", "/WW_verify_AbCd.txt", 200],
  ["/admin", "/admin", 302],
  ["/admin/*", "/admin/none.js", 404],
  ["/admin/assets/*", "/admin/assets/none.js", 404],
  ["/admin/avatars/:bindingId", "/admin/avatars/01M8X7C0ZZ0000000000000000", 401],
  ["/admin/export/:list", "/admin/export/people?format=csv", 401],
  ["/admin/live/:list", "/admin/live/failures", 401],
  ["/admin/trpc/:path", "/admin/trpc/people.list", 401],
  ["/api/v1/docs", "/api/v1/docs", 200],
  ["/api/v1/docs.css", "/api/v1/docs.css", 200],
  ["/api/v1/openapi.json", "/api/v1/openapi.json", 200],
  ["/healthz", "/healthz", 200],
  ["/login/account", "/login/account", 200],
  ["/login/account/add/:id", "/login/account/add/web", 403, "POST"],
  ["/login/account/data", "/login/account/data", 303],
  ["/login/account/delete", "/login/account/delete", 403, "POST"],
  ["/login/account/end-session/:id", "/login/account/end-session/01M8X7C0ZZ0000000000000000", 403, "POST"],
  ["/login/account/refresh-profile", "/login/account/refresh-profile", 403, "POST"],
  ["/login/account/remove/:id", "/login/account/remove/01M8X7C0ZZ0000000000000000", 403, "POST"],
  ["/login/account/sign-out", "/login/account/sign-out", 403, "POST"],
  ["/login/account/sign-out-everywhere", "/login/account/sign-out-everywhere", 403, "POST"],
  ["/login/assets/*", "/login/assets/none.js", 404],
  ["/login/bind", "/login/bind", 410],
  ["/login/bind/:secret", "/login/bind/none", 302],
  ["/login/bind/confirm/:id", "/login/bind/confirm/01M8X7C0ZZ0000000000000000", 403, "POST"],
  ["/login/ended/:id", "/login/ended/01M8X7C0ZZ0000000000000000", 303],
  ["/login/logo/:key", "/login/logo/none", 404],
  ["/login/profile/:id", "/login/profile/01M8X7C0ZZ0000000000000000", 410],
  ["/login/wechat", "/login/wechat", 302],
  ["/login/wechat/callback", "/login/wechat/callback", 400],
  ["/login/wechat/leave", "/login/wechat/leave", 410],
  ["/login/wechat/profile", "/login/wechat/profile", 410],
  ["/metrics", "/metrics", 401],
  ["/readyz", "/readyz", 200],
  ["/trpc/:path", "/trpc/bindings.list", 401],
];

describe("the routes of the server", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({
      env: {
        VERIFY_FILES: '{ "WW_verify_AbCd.txt": "AbCd" }',
        METRICS_TOKEN: "Zk4pV9wQ2rT7yB1nM6xC8dF3gH5jL0aS",
      },
    });
  });
  afterAll(() => system.close());

  it("are all listed with what a caller without a session gets", () => {
    const hostApi = operations.map(({ path }) => `/api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`);
    const listed = new Set([...routes.map(([route]) => route), ...hostApi]);
    expect(routesOf(system.app.server)).toEqual([...listed].sort());
  });

  it("refuse each operation of the host API to a caller without a key [T106]", async () => {
    const answers = await Promise.all(
      operations.map(async ({ name, method, path }) => {
        const url = `${system.url}/api/v1${path.replace(/\{\w+\}/g, "01M8X7C0ZZ0000000000000000")}`;
        const answer = await fetch(url, { method });
        return [name, answer.status, ((await answer.json()) as { code: string }).code];
      }),
    );
    expect(answers).toEqual(operations.map(({ name }) => [name, 401, "key_invalid"]));
  });

  it("answer a caller without a session as listed", async () => {
    const answers = await Promise.all(
      routes.map(async ([route, example, , ...method]) => {
        const init = { redirect: "manual", method: method[0] ?? "GET" } as const;
        const { status } = await fetch(system.url + example, init);
        return [route, example, status, ...method];
      }),
    );
    expect(answers).toEqual(routes);
  });
});
