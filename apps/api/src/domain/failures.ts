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
  /** 2 where a busy WeChat was asked once more. */
  attempt: number;
}

/** @returns undefined where the error is not about a call to WeChat: then it is ours. */
export function readFailure(error: unknown): WeChatFailure | undefined {
  if (error instanceof WeChatApiError) {
    const { endpoint, errcode, errmsg, rid = null, attempt } = error;
    return { endpoint, errcode: String(errcode), errmsg, rid, attempt };
  }
  if (error instanceof NetworkError || error instanceof ResponseError) {
    const { endpoint, code, message, attempt } = error;
    return { endpoint, errcode: code, errmsg: message, rid: null, attempt };
  }
  return undefined;
}

/** The failure as a statement, to be kept in one batch with what it led to. */
export function failureRecord(
  deps: Pick<Deps, "now">,
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
    attempt: failure.attempt,
    latencyMs: Math.round(about.latencyMs),
    signInId: about.signInId ?? null,
  });
}
