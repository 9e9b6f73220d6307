import {
  type CallError,
  NetworkError,
  type ReceivedAnswer,
  ResponseError,
  type SentRequest,
  WeChatApiError,
} from "@wechat-login/oauth";
import { forgetUnboundFailure } from "../../db/erased-history.js";
import {
  addToErrorGroup,
  addToErrorGroupPeople,
  day,
  insertErrorGroup,
  quarter,
  slotOf,
} from "../../db/error-groups.js";
import { insertFailure } from "../../db/failures.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { newId } from "../ids.js";

/** A failed call to WeChat as it is stored: WeChat's errcode, or the library's code if there was no answer. */
export interface WeChatFailure {
  endpoint: string;
  errcode: string;
  errmsg: string;
  rid: string | null;
  /** 2 if WeChat was busy and the call was repeated. */
  attempt: number;
  /** Without secrets, codes, tokens and what is personal. Absent where no call to WeChat failed, or nothing came back. */
  request?: SentRequest | undefined;
  answer?: ReceivedAnswer | undefined;
}

/** @returns undefined if the error did not come from a call to WeChat. */
export function readFailure(error: unknown): WeChatFailure | undefined {
  if (error instanceof WeChatApiError) {
    const { endpoint, errcode, errmsg, rid = null, attempt } = error;
    return { endpoint, errcode: String(errcode), errmsg, rid, attempt, ...exchangeOf(error) };
  }
  if (error instanceof NetworkError || error instanceof ResponseError) {
    const { endpoint, code, message, attempt, cause } = error;
    // The library keeps only what is safe to show of a cause, such as the reason of a proxy or a DNS error.
    const errmsg = cause instanceof Error ? `${message} (${cause.message})` : message;
    return { endpoint, errcode: code, errmsg, rid: null, attempt, ...exchangeOf(error) };
  }
  return undefined;
}

const exchangeOf = ({ request, answer }: CallError) => ({ request, answer });

interface AboutFailure {
  appId: string;
  openid?: string | null;
  /** The openid has a binding: it is not stored if the person is erased at this moment. */
  isBound?: boolean;
  signInId?: string | null;
  latencyMs: number;
}

/** The failure and its place in its group as statements, for the batch of what it led to. */
export function failureRecords(
  deps: Pick<Deps, "now">,
  failure: WeChatFailure,
  about: AboutFailure,
): BoundStatement<unknown>[] {
  const at = deps.now();
  const id = newId(at);
  const record = insertFailure.with({
    id,
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
    request: failure.request ? JSON.stringify(failure.request) : null,
    answer: failure.answer ? JSON.stringify(failure.answer) : null,
  });
  const { appId } = about;
  const { endpoint, errcode } = failure;
  return [
    record,
    ...(about.isBound ? [forgetUnboundFailure.with({ id })] : []),
    ...groupRecords({ id, at, appId, endpoint, errcode }),
  ];
}

/** The place of a failure in its group, for the batch that writes it. */
export const groupRecords = ({
  id,
  at,
  ...kind
}: {
  id: string;
  at: Date;
  appId: string;
  endpoint: string;
  errcode: string;
}): BoundStatement<unknown>[] => [
  insertErrorGroup.with({ id, ...kind }),
  ...([quarter, day] as const).map((minutes) =>
    addToErrorGroup.with({ id, minutes, slot: slotOf(at, minutes) }),
  ),
  addToErrorGroupPeople.with({ id }),
];

/** Writes the failure on its own, where nothing else is written with it; an openid is that of a binding. Where it cannot be written, it is in the log. */
export async function recordFailure(
  deps: Pick<Deps, "now" | "db" | "log">,
  failure: WeChatFailure,
  about: Omit<AboutFailure, "isBound">,
): Promise<void> {
  await deps.db
    .batch(failureRecords(deps, failure, { ...about, isBound: about.openid != null }))
    .catch((cause: unknown) => logUnrecorded(deps, failure, about.appId, cause));
}

/** What WeChat said, for the log: the failure's row could not be written. */
export function logUnrecorded(
  deps: Pick<Deps, "log">,
  { endpoint, errcode, rid }: WeChatFailure,
  appId: string,
  cause: unknown,
): void {
  deps.log.error(
    { event: "failure_not_recorded", appId, endpoint, errcode, rid, err: cause },
    "a failed call to WeChat could not be recorded",
  );
}
