// What must not compile. `npm run typecheck`, which is a part of `npm test`, fails here if it does; nothing of this file
// runs.
import { expectTypeOf } from "vitest";
import type {
  CallReport,
  Exchange,
  GlobalAccessToken,
  Grant,
  grantWithoutState,
  Refusal,
  WebAccessToken,
  WebTokens,
  WeChatOAuthClient,
} from "../src/index.js";
import { readCallback } from "../src/index.js";
import type { stableTokenSource, TokenKeeper, TokenSource } from "../src/keeper.js";

type Exchanged = Parameters<WeChatOAuthClient["exchangeCode"]>[0];
type UserInfoToken = Parameters<WeChatOAuthClient["getUserInfo"]>[0]["accessToken"];
type CheckedToken = Parameters<WeChatOAuthClient["checkAccessToken"]>[0]["accessToken"];
type FollowerToken = Parameters<WeChatOAuthClient["getFollower"]>[0]["accessToken"];
type TicketToken = Parameters<WeChatOAuthClient["getJsapiTicket"]>[0];

// A code that readCallback did not check does not get into the exchange.
expectTypeOf<Grant<{ returnTo: string }>>().toExtend<Exchanged>();
expectTypeOf<string>().not.toExtend<Exchanged>();
expectTypeOf<{ kind: "grant"; code: string; state: string; claim: object }>().not.toExtend<Exchanged>();
expectTypeOf<Refusal<object>>().not.toExtend<Exchanged>();
expectTypeOf<ReturnType<typeof grantWithoutState>>().toExtend<Exchanged>();
// What an exchange gives is no person before its mark of a snapshot is read.
expectTypeOf<Exchange>().not.toExtend<Parameters<WeChatOAuthClient["getUserInfo"]>[0]>();
expectTypeOf<Extract<Exchange, { isSnapshotUser: false }>>().toEqualTypeOf<WebTokens>();
expectTypeOf<Extract<Exchange, { isSnapshotUser: true }>>().not.toHaveProperty("openid");
// @ts-expect-error a callback may be a refusal or a mismatch: its kind must be read first
const unread: Exchanged = await readCallback("/callback", { claimState: () => ({}) });
expectTypeOf(unread).toExtend<Exchanged>();

// The two families of tokens, and plain strings, are not interchangeable.
expectTypeOf<WebAccessToken>().toExtend<UserInfoToken & CheckedToken>();
expectTypeOf<GlobalAccessToken>().toExtend<FollowerToken & TicketToken>();
expectTypeOf<GlobalAccessToken>().not.toExtend<UserInfoToken>();
expectTypeOf<GlobalAccessToken>().not.toExtend<CheckedToken>();
expectTypeOf<WebAccessToken>().not.toExtend<FollowerToken>();
expectTypeOf<WebAccessToken>().not.toExtend<TicketToken>();
expectTypeOf<string>().not.toExtend<UserInfoToken | FollowerToken | TicketToken>();
// They are strings for a database, a log or JSON.
expectTypeOf<WebAccessToken | GlobalAccessToken>().toExtend<string>();

// A keeper of global tokens returns global tokens, and one of other values does not.
expectTypeOf<ReturnType<typeof stableTokenSource>>().toEqualTypeOf<TokenSource<GlobalAccessToken>>();
type ValueOf<Value extends string> = Awaited<ReturnType<TokenKeeper<Value>["get"]>>["value"];
expectTypeOf<ValueOf<GlobalAccessToken>>().toEqualTypeOf<GlobalAccessToken>();
expectTypeOf<ValueOf<string>>().not.toExtend<GlobalAccessToken>();

// What WeChat may leave out is optional.
expectTypeOf<WebTokens["unionid"]>().toEqualTypeOf<string | undefined>();
expectTypeOf<WebTokens["openid"]>().toEqualTypeOf<string>();
expectTypeOf<CallReport["rid"]>().toEqualTypeOf<string | undefined>();
