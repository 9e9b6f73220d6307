import { NetworkError, ResponseError, WeChatApiError } from "wechat-oauth";
import { insertFailure } from "../db/failures.js";
import type { Deps } from "./deps.js";
import { newId } from "./ids.js";

/** A failed call to WeChat in the terms that we keep: an errcode of WeChat's or a word of the library's. */
export interface WeChatFailure {
  endpoint: string;
  errcode: string;
  errmsg: string;
  rid: string | null;
}

/** @returns undefined where the error is not about a call to WeChat: then it is ours. */
export function readFailure(error: unknown): WeChatFailure | undefined {
  if (error instanceof WeChatApiError) {
    const { endpoint, errcode, errmsg, rid = null } = error;
    return { endpoint, errcode: String(errcode), errmsg, rid };
  }
  if (error instanceof NetworkError || error instanceof ResponseError) {
    return { endpoint: error.endpoint, errcode: error.code, errmsg: error.message, rid: null };
  }
  return undefined;
}

/** The failure as a statement, to be kept in one batch with what it led to. */
export function failureRecord(
  deps: Deps,
  failure: WeChatFailure,
  about: { appId: string; openid?: string | null; signInId?: string | null; latencyMs: number },
) {
  const at = deps.now();
  return insertFailure.with({
    id: newId(at),
    at,
    appId: about.appId,
    endpoint: failure.endpoint,
    errcode: failure.errcode,
    errmsg: failure.errmsg,
    rid: failure.rid,
    openid: about.openid ?? null,
    attempt: 1,
    latencyMs: Math.round(about.latencyMs),
    signInId: about.signInId ?? null,
  });
}
