import type { FailureGroup } from "../../api/types.js";

export type GroupKey = Pick<FailureGroup, "appId" | "endpoint" | "errcode">;

// None of the three holds a "~": app ids and errcodes are letters and digits, endpoints are paths.
const SEPARATOR = "~";

/** A group has no id of its own; this names it in an address. */
export function writeGroupKey({ appId, endpoint, errcode }: GroupKey): string {
  return [appId, endpoint, errcode].join(SEPARATOR);
}

/** The other way, or null for a text that names no group. */
export function readGroupKey(text: string): GroupKey | null {
  const [appId, endpoint, errcode, ...rest] = text.split(SEPARATOR);
  return appId && endpoint && errcode && rest.length === 0 ? { appId, endpoint, errcode } : null;
}
