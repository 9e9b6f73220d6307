import type { FailureGroup } from "../../api/types.js";

export type GroupKey = Pick<FailureGroup, "appId" | "endpoint" | "errcode">;

// None of the parts contains a "~": app ids and errcodes are letters and digits, endpoints are paths.
const SEPARATOR = "~";

/** A group has no id of its own; this string identifies it in the URL. */
export function formatGroupKey({ appId, endpoint, errcode }: GroupKey): string {
  return [appId, endpoint, errcode].join(SEPARATOR);
}

/** The reverse of `formatGroupKey`, or null for any other text. */
export function parseGroupKey(text: string): GroupKey | null {
  const [appId, endpoint, errcode, ...rest] = text.split(SEPARATOR);
  return appId && endpoint && errcode && rest.length === 0 ? { appId, endpoint, errcode } : null;
}
