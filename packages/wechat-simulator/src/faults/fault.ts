import { type Endpoint, PAGE_ENDPOINTS } from "../protocol/endpoints.js";
import { isPageErrorCode, listPageErrors } from "../protocol/page-errors.js";

/** One way in which a call to WeChat, or a visit to one of its pages, goes wrong. "Spent" is whatever the call does. */
export type Fault =
  /** A refusal under HTTP 200; nothing is spent. On a page the number is a page error, 10003 to 10016. */
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
  /** The true answer byte by byte, the last one after so many ms: the code is spent. */
  | { kind: "slow_drip"; ms: number }
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
  "slow_drip",
  "body",
];

/** A page is HTML or a redirect, so what is about JSON makes no sense there. */
export const PAGE_FAULT_KINDS: readonly FaultKind[] = [
  "errcode",
  "delay",
  "reset",
  "http_502",
  "slow_drip",
  "body",
];

/** @throws {TypeError} that says what a page does take */
export function checkFit(endpoint: Endpoint, fault: Fault): void {
  if (!PAGE_ENDPOINTS.some((page) => page === endpoint)) return;
  if (!PAGE_FAULT_KINDS.some((kind) => kind === fault.kind)) {
    throw new TypeError(
      `a page cannot fail by ${fault.kind}; ${endpoint} takes ${PAGE_FAULT_KINDS.join(", ")}`,
    );
  }
  if (fault.kind === "errcode" && !isPageErrorCode(fault.errcode)) {
    const numbers = listPageErrors().map(({ errcode }) => errcode);
    throw new TypeError(`the errcode of a page must be one of ${numbers.join(", ")}`);
  }
}
