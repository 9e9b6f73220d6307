import type { FastifyRequest } from "fastify";
import type { FaultKind } from "../faults/fault.js";
import type { LoggedEndpoint } from "../protocol/endpoints.js";
import type { Text } from "../protocol/text.js";
import type { Store } from "../stores/store.js";

/** What the log records about one visit to a page. */
export interface Visit {
  personId?: string;
  /** The number of the error page. */
  errcode?: number | undefined;
  reason?: Text;
  fault?: FaultKind;
  /** The redirect target. */
  location?: string;
}

/** Adds one visit to a page to the request log. */
export function logVisit(
  store: Store,
  endpoint: LoggedEndpoint,
  request: FastifyRequest,
  status: number,
  { personId, errcode, reason, fault, location }: Visit = {},
): void {
  const url = request.raw.url ?? "";
  const mark = url.indexOf("?");
  store.requests.add({
    at: new Date(store.clock.now()).toISOString(),
    method: request.method,
    endpoint,
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? "" : url.slice(mark + 1),
    status,
    ...(location === undefined ? {} : { answer: location }),
    ...(personId === undefined ? {} : { person: personId }),
    ...(errcode === undefined ? {} : { errcode }),
    ...(reason === undefined ? {} : { reason }),
    ...(fault === undefined ? {} : { fault }),
  });
}
