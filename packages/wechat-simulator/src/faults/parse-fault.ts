import { asRecord, integer, oneOf, text } from "../input/validate.js";
import { API_ENDPOINTS, type Endpoint, PAGE_ENDPOINTS } from "../protocol/endpoints.js";
import { FAULT_KINDS, type Fault } from "./fault.js";
import { type FaultAmount, readShare } from "./planned-faults.js";

const ENDPOINTS: readonly Endpoint[] = [...API_ENDPOINTS, ...PAGE_ENDPOINTS];

/** The arguments of `Faults.plan`. */
export interface RequestedFault {
  endpoint: Endpoint;
  fault: Fault;
  amount: FaultAmount;
}

/** Parses `POST /_simulator/faults` and the panel's form. @throws {TypeError} */
export function parsePlannedFault(input: unknown): RequestedFault {
  const fields = asRecord(input, "the body");
  const endpoint = oneOf(fields.endpoint, "endpoint", ENDPOINTS);
  const fault = parseFault(fields.fault);
  if (fields.share === undefined) {
    return { endpoint, fault, amount: integer(fields.times ?? 1, "times", 1, 1_000_000) };
  }
  if (fields.times !== undefined) throw new TypeError("a fault takes either times or share");
  return { endpoint, fault, amount: { share: readShare(fields.share) } };
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
    case "slow_drip":
      return { kind: fields.kind, ms: integer(fields.ms, "ms", 0, 600_000) };
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
