import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance, RouteOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operations } from "../src/domain/hosts/operations/index.js";
import { newId } from "../src/domain/ids.js";
import { type System, startSystem } from "./support/system.js";

// What is said to Fastify of each route and of each server. Most of it shows in an answer only under a load or an attack.

const routes = new Map<FastifyInstance, RouteOptions[]>();
/** Fastify publishes each new server: the routes of these are kept as they are added. */
function keepRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance };
  const added: RouteOptions[] = [];
  routes.set(fastify, added);
  fastify.addHook("onRoute", (route) => void added.push({ ...route }));
}

let system: System;
beforeAll(async () => {
  subscribe("fastify.initialization", keepRoutes);
  system = await startSystem({
    at: new Date("2026-03-01T12:00:00Z"),
    env: { INTERNAL_PORT: "1", VERIFY_FILES: '{ "WW_verify_AbCd.txt": "AbCd" }', RATE_LIMIT: "240" },
  });
  unsubscribe("fastify.initialization", keepRoutes);
});
afterAll(() => system.close());

/** A route in one line, with what it does not take over from the server. */
function lineOf({ method, url, logLevel, bodyLimit, compress, config = {} }: RouteOptions): string {
  const methods = [method].flat();
  const { rateLimit, ...others } = config as { rateLimit?: Record<string, unknown> };
  expect(others).toEqual({});
  return [
    methods.includes("POST") && methods.includes("GET") ? "any" : methods.toSorted().join(" "),
    url,
    ...(logLevel ? [logLevel] : []),
    ...(bodyLimit === undefined ? [] : [`body of ${bodyLimit}`]),
    ...(compress === false ? ["as it is"] : []),
    ...(rateLimit ? [`${rateLimit.max} in ${rateLimit.timeWindow} ms for${rateLimit.groupId}`] : []),
  ].join(" ");
}
const linesOf = (server: FastifyInstance | undefined) =>
  (server ? (routes.get(server) ?? []) : []).map(lineOf).sort();

const limit = (name: string) => `240 in 60000 ms for ${name}`;
const getAndHead = (path: string, ...options: string[]) =>
  ["GET", "HEAD"].map((method) => [method, path, ...options].join(" "));

describe("each route", () => {
  it("has its methods, its limits, and what is left out of its log and its answers, as listed", () => {
    const hostApi = operations.map(
      ({ method, path }) => `${method} /api/v1${path.replace(/\{(\w+)\}/g, ":$1")} body of ${256 * 1024}`,
    );
    expect(linesOf(system.app.server)).toEqual(
      [
        ...getAndHead("/"),
        ...getAndHead("/WW_verify_AbCd.txt"),
        ...getAndHead("/healthz", "silent"),
        ...getAndHead("/readyz", "silent"),
        ...getAndHead("/admin"),
        ...getAndHead("/admin/*"),
        "GET HEAD /admin/assets/*",
        ...getAndHead("/admin/avatars/:bindingId", "as it is"),
        // A HEAD would write to the audit log, or listen for ever.
        "GET /admin/export/:list as it is",
        "GET /admin/live/:list as it is",
        "any /admin/trpc/:path",
        "any /trpc/:path",
        ...["docs", "docs.css", "openapi.json"].map((name) => `GET /api/v1/${name}`),
        ...hostApi,
        "GET HEAD /login/assets/*",
        ...getAndHead("/login/logo/:key"),
        ...getAndHead("/login/account"),
        ...getAndHead("/login/ended/:id"),
        ...getAndHead("/login/profile/:id"),
        // A HEAD of a link preview would begin a sign-in, or spend a code.
        `GET /login/wechat ${limit("start")}`,
        `GET /login/wechat/callback ${limit("callback")}`,
        ...["profile", "leave"].map((name) => `GET /login/wechat/${name} ${limit("profile")}`),
        ...["/login/bind", "/login/bind/:secret"].map((path) => `GET ${path} ${limit("bind_link")}`),
        `POST /login/bind/confirm/:id ${limit("bind_link")}`,
        `GET /login/account/data ${limit("account")}`,
        ...[
          ...["add/:id", "remove/:id", "refresh-profile", "end-session/:id"],
          ...["delete", "sign-out", "sign-out-everywhere"],
        ].map((form) => `POST /login/account/${form} ${limit("account")}`),
      ].sort(),
    );
    expect(linesOf(system.app.internal)).toEqual(
      ["/metrics", "/healthz", "/readyz"].flatMap((path) => getAndHead(path, "silent")).sort(),
    );
  });
});

describe("each server", () => {
  const limits = { connectionTimeout: 25_000, requestTimeout: 22_000, requestIdHeader: false };

  it("has its limits of time and length, and numbers requests itself: a client's number does not count", async () => {
    const { server, internal } = system.app;
    expect(server.initialConfig).toMatchObject({
      ...{ ...limits, keepAliveTimeout: 10_000, forceCloseConnections: "idle" },
      ...{ bodyLimit: 64 * 1024, routerOptions: { maxParamLength: 5000 } },
    });
    const { maxHeaderSize, headersTimeout, connectionsCheckingInterval } = Object(server.server);
    expect({ maxHeaderSize, headersTimeout, connectionsCheckingInterval }).toEqual({
      ...{ maxHeaderSize: 16 * 1024, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
    });
    const { requestId } = (await server.inject("/nowhere")).json();
    expect(requestId.slice(0, 6)).toBe(newId(system.app.deps.now()).slice(0, 6));
    expect(internal?.initialConfig).toMatchObject({ ...limits, forceCloseConnections: true });
  });

  it("writes into one log, and the internal one no line for a request", async () => {
    const { internal } = system.app;
    system.logLines.length = 0;
    await internal?.inject("/nowhere?code=a1b2c3");
    internal?.log.info({ event: "sample" }, "a sample");
    expect(system.logLines.map((line) => JSON.parse(line))).toMatchObject([{ event: "sample" }]);
  });
});
