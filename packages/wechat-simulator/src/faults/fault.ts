import { type Endpoint, PAGE_ENDPOINTS } from "../protocol/endpoints.js";
import { isPageErrorCode, listPageErrors } from "../protocol/page-errors.js";

/** How a call to WeChat, or a visit to one of its pages, fails. "Spent" stands for every effect of the call. */
export type Fault =
  /** An error response with HTTP 200; nothing is spent. On a page the number is a page error, 10003 to 10016. */
  | { kind: "errcode"; errcode: number; errmsg?: string }
  /** The call takes effect at once and spends a code; only the response is late. */
  | { kind: "delay"; ms: number }
  /** The connection is reset without a response, before the call takes effect (the code survives) or after (it is spent). */
  | { kind: "reset"; when: "before" | "after" }
  /** A gateway's HTML page with HTTP 502; nothing is spent. */
  | { kind: "http_502" }
  /** Text that is not JSON, with HTTP 200; nothing is spent. */
  | { kind: "invalid_json" }
  /** The real response, truncated: the code is spent. */
  | { kind: "truncated_json" }
  /** The real response with invalid UTF-8 in a text field, which is added if there is none: spent. */
  | { kind: "broken_utf8" }
  /** The real response with padding, more than 256 KB: the code is spent. */
  | { kind: "oversized" }
  /** The real response byte by byte, the last one after `ms`: the code is spent. */
  | { kind: "slow_drip"; ms: number }
  /**
   * This body; nothing is spent. `$SECRET` and `$CODE` are replaced by the values of the request, so that a test can
   * prove that a client does not repeat what WeChat echoes. The default `contentType` is the endpoint's own.
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

/** A page is HTML or a redirect, so kinds about JSON do not apply. */
export const PAGE_FAULT_KINDS: readonly FaultKind[] = [
  "errcode",
  "delay",
  "reset",
  "http_502",
  "slow_drip",
  "body",
];

/** @throws {TypeError} that lists the kinds a page accepts */
export function checkFit(endpoint: Endpoint, fault: Fault): void {
  if (!PAGE_ENDPOINTS.some((page) => page === endpoint)) return;
  if (!PAGE_FAULT_KINDS.some((kind) => kind === fault.kind)) {
    throw new TypeError(
      `a page cannot fail by ${fault.kind}; ${endpoint} accepts ${PAGE_FAULT_KINDS.join(", ")}`,
    );
  }
  if (fault.kind === "errcode" && !isPageErrorCode(fault.errcode)) {
    const numbers = listPageErrors().map(({ errcode }) => errcode);
    throw new TypeError(`the errcode of a page must be one of ${numbers.join(", ")}`);
  }
}
