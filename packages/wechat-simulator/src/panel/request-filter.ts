import type { LoggedRequest } from "../stores/request-log.js";
import type { PanelQuery } from "./panel.js";

/** Which requests the list shows; kept in the page's URL. */
export interface RequestFilter {
  endpoint: string;
  refusedOnly: boolean;
  text: string;
  /** Only requests before this id; undefined: the latest. */
  before: number | undefined;
}

export const SHOWN = 100;

export function readRequestFilter(query: PanelQuery): RequestFilter {
  const before = Number(query.before);
  return {
    endpoint: query.endpoint ?? "",
    refusedOnly: query.refused === "1",
    text: (query.text ?? "").trim(),
    before: query.before !== undefined && Number.isSafeInteger(before) && before > 0 ? before : undefined,
  };
}

export function isFiltered({ endpoint, refusedOnly, text }: RequestFilter): boolean {
  return endpoint !== "" || refusedOnly || text !== "";
}

/** A refusal, an error page, a reset connection or an HTTP error. */
export function isRefused({ errcode, reason, status }: LoggedRequest): boolean {
  return (errcode !== undefined && errcode !== 0) || reason !== undefined || status === 0 || status >= 400;
}

/** Newest first. */
export function filterRequests(requests: readonly LoggedRequest[], filter: RequestFilter): LoggedRequest[] {
  const wanted = filter.text.toLowerCase();
  return requests
    .filter(
      (request) =>
        (filter.endpoint === "" || request.endpoint === filter.endpoint) &&
        (!filter.refusedOnly || isRefused(request)) &&
        (filter.before === undefined || request.id < filter.before) &&
        (wanted === "" || textOf(request).includes(wanted)),
    )
    .reverse();
}

/** The searchable text of a request. */
function textOf({
  method,
  path,
  query,
  body,
  person,
  status,
  errcode,
  rid,
  reason,
  fault,
  answer,
}: LoggedRequest): string {
  const parts = [
    method,
    path,
    query,
    body,
    person,
    status,
    errcode,
    rid,
    reason?.en,
    reason?.zh,
    fault,
    answer,
  ];
  return parts
    .filter((part) => part !== undefined)
    .join("\n")
    .toLowerCase();
}
