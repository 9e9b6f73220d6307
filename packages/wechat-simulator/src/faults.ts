import { API_ENDPOINTS, type Endpoint, PAGE_ENDPOINTS } from "./endpoints.js";
import { isPageErrorCode } from "./page-errors.js";

/** One way in which a call to WeChat goes wrong. */
export type Fault =
  /** A refusal under HTTP 200; nothing is spent. On `authorize` the number is a page error, 10003 to 10016. */
  | { kind: "errcode"; errcode: number; errmsg?: string }
  /** The call is done at once, a code is spent; only the answer comes late. */
  | { kind: "delay"; ms: number }
  /** The connection is cut without an answer, before the call is done (the code survives) or after (it is spent). */
  | { kind: "reset"; when: "before" | "after" }
  /** A gateway's HTML page under HTTP 502; nothing is spent. */
  | { kind: "http_502" }
  /** Text that never was JSON, under HTTP 200; nothing is spent. */
  | { kind: "invalid_json" }
  /** The true answer, cut in the middle: the code is spent. */
  | { kind: "truncated_json" }
  /** The true answer with bytes in a text that are not UTF-8 (a text field is added if there is none): spent. */
  | { kind: "broken_utf8" }
  /** The true answer with padding, more than 256 KB: the code is spent. */
  | { kind: "oversized" }
  /**
   * These very bytes; nothing is spent. `$SECRET` and `$CODE` become what the request carried, so that a test can
   * prove that a client never repeats what WeChat echoes. Without `contentType`, the endpoint's usual one.
   */
  | { kind: "body"; body: string; contentType?: string; status?: number };

export type FaultKind = Fault["kind"];

export const FAULT_KINDS: readonly FaultKind[] = [
  "errcode",
  "delay",
  "reset",
  "http_502",
  "invalid_json",
  "truncated_json",
  "broken_utf8",
  "oversized",
  "body",
];

/** A fault that waits for its calls. */
export interface PlannedFault {
  endpoint: Endpoint;
  fault: Fault;
  /** How many more calls it will hit. */
  remaining: number;
}

/** Faults to come, in the order they were asked for; each call takes at most one. */
export class Faults {
  #planned: PlannedFault[] = [];

  /** @throws {TypeError} a page can not fail like that */
  plan(endpoint: Endpoint, fault: Fault, times = 1): void {
    checkFit(endpoint, fault);
    if (times > 0) this.#planned.push({ endpoint, fault, remaining: times });
  }

  /** The fault for the call that is being made now, if one was planned. */
  take(endpoint: Endpoint): Fault | undefined {
    if (this.#planned.length === 0) return undefined;
    const planned = this.#planned.find((candidate) => candidate.endpoint === endpoint);
    if (!planned) return undefined;
    planned.remaining -= 1;
    if (planned.remaining === 0) this.#planned = this.#planned.filter((candidate) => candidate !== planned);
    return planned.fault;
  }

  list(): PlannedFault[] {
    return this.#planned.map((planned) => ({ ...planned }));
  }

  clear(): void {
    this.#planned = [];
  }
}

/** Reads what somebody asked for over HTTP. @throws {TypeError} that says in words what is wrong with it */
export function parsePlannedFault(input: unknown): PlannedFault {
  const fields = asRecord(input, "the body");
  const endpoint = [...API_ENDPOINTS, ...PAGE_ENDPOINTS].find((known) => known === fields.endpoint);
  if (!endpoint)
    throw new TypeError(`endpoint must be one of ${[...API_ENDPOINTS, ...PAGE_ENDPOINTS].join(", ")}`);
  const fault = parseFault(fields.fault);
  checkFit(endpoint, fault);
  return { endpoint, fault, remaining: integer(fields.times ?? 1, "times", 1, 1_000_000) };
}

function checkFit(endpoint: Endpoint, fault: Fault): void {
  const isPage = PAGE_ENDPOINTS.some((page) => page === endpoint);
  if (isPage && (fault.kind !== "errcode" || !isPageErrorCode(fault.errcode))) {
    throw new TypeError("a page fails only with kind errcode and one of 10003 to 10016");
  }
}

function parseFault(input: unknown): Fault {
  const fields = asRecord(input, "fault");
  switch (fields.kind) {
    case "errcode": {
      const errcode = integer(fields.errcode, "errcode", -1_000_000, 100_000_000);
      return fields.errmsg === undefined
        ? { kind: "errcode", errcode }
        : { kind: "errcode", errcode, errmsg: text(fields.errmsg, "errmsg") };
    }
    case "delay":
      return { kind: "delay", ms: integer(fields.ms, "ms", 0, 600_000) };
    case "reset":
      if (fields.when !== "before" && fields.when !== "after")
        throw new TypeError("when must be before or after");
      return { kind: "reset", when: fields.when };
    case "http_502":
    case "invalid_json":
    case "truncated_json":
    case "broken_utf8":
    case "oversized":
      return { kind: fields.kind };
    case "body":
      return {
        kind: "body",
        body: text(fields.body, "body"),
        ...(fields.contentType === undefined ? {} : { contentType: text(fields.contentType, "contentType") }),
        ...(fields.status === undefined ? {} : { status: integer(fields.status, "status", 200, 599) }),
      };
    default:
      throw new TypeError(`kind must be one of ${FAULT_KINDS.join(", ")}`);
  }
}

function asRecord(input: unknown, name: string): Record<string, unknown> {
  if (typeof input !== "object" || input === null) throw new TypeError(`${name} must be an object`);
  return input as Record<string, unknown>;
}

function integer(input: unknown, name: string, least: number, most: number): number {
  if (typeof input !== "number" || !Number.isInteger(input) || input < least || input > most) {
    throw new TypeError(`${name} must be a whole number from ${least} to ${most}`);
  }
  return input;
}

function text(input: unknown, name: string): string {
  if (typeof input !== "string") throw new TypeError(`${name} must be a text`);
  return input;
}
