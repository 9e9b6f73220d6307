import { explainErrcode } from "@wechat-login/oauth/errcodes";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { AppTokenKind } from "../db/schema.js";
import type { Apps } from "./apps.js";

/** The buckets that OpenTelemetry's conventions advise for HTTP requests, in seconds. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Others count as one, as in OpenTelemetry's conventions: a client may make names up. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"]);

/** A code of the catalogue, `0` for success; any other code is `other`, so that WeChat cannot add series without end. */
const errcodeLabel = (errcode: string): string => {
  if (errcode === "") return "0";
  return explainErrcode(errcode) ? errcode : "other";
};

/**
 * What this process has done since it started, for Prometheus. Labels are names of this system's own: no id, name or address of a
 * person, and so few values that the number of series is bounded.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "How long requests took, by the pattern of their route; without one for an address that does not exist.",
    labelNames: ["http_request_method", "http_route", "http_response_status_code"],
    buckets: requestBuckets,
    registers: [this.#registry],
  });
  readonly #calls = new Counter({
    name: "wechat_api_calls_total",
    help: "Calls to WeChat, with the errcode of its answer: 0 for success, other for an unknown one.",
    labelNames: ["app", "endpoint", "errcode"],
    registers: [this.#registry],
  });
  readonly #tokenFetches = new Counter({
    name: "wechat_token_fetches_total",
    help: "How often this process asked WeChat for a global token or ticket, and why it got none: 0 if it did.",
    labelNames: ["app", "kind", "errcode"],
    registers: [this.#registry],
  });
  readonly #signIns = new Counter({
    name: "sign_ins_total",
    help: "Sign-ins that ended, by their outcome.",
    labelNames: ["app", "outcome"],
    registers: [this.#registry],
  });
  readonly #leaseWaits = new Histogram({
    name: "lease_wait_seconds",
    help: "How long this process waited for another one that was fetching a global token or ticket.",
    labelNames: ["app", "kind"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [this.#registry],
  });

  constructor(private readonly apps: Pick<Apps, "keyOf">) {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** @param route the pattern of the route, never the address; undefined where there is none. */
  countRequest(about: { method: string; route: string | undefined; status: number; ms: number }): void {
    const labels = {
      http_request_method: methods.has(about.method) ? about.method : "_OTHER",
      http_route: about.route ?? "",
      http_response_status_code: about.status,
    };
    this.#requests.observe(labels, about.ms / 1000);
  }

  /** A call to WeChat, or with the endpoint `sign_in` a sign-in and its outcome: see CallCounts. */
  countCall(appId: string, endpoint: string, errcode: string): void {
    const app = this.#app(appId);
    if (endpoint === "sign_in") this.#signIns.inc({ app, outcome: errcode });
    else this.#calls.inc({ app, endpoint, errcode: errcodeLabel(errcode) });
  }

  /** @param errcode why it failed; null if it did not. */
  countTokenFetch(appId: string, kind: AppTokenKind, errcode: string | null): void {
    this.#tokenFetches.inc({ app: this.#app(appId), kind, errcode: errcodeLabel(errcode ?? "") });
  }

  countLeaseWait(appId: string, kind: AppTokenKind, ms: number): void {
    this.#leaseWaits.observe({ app: this.#app(appId), kind }, ms / 1000);
  }

  /** The text that Prometheus reads. */
  async text(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** A sign-in may outlive the configuration of its app. */
  #app(appId: string): string {
    return this.apps.keyOf(appId) ?? "other";
  }
}
