import type { GlobalAccessToken, WeChatOAuthClient } from "@wechat-login/oauth";
import type { TokenKeeper } from "@wechat-login/oauth/keeper";
import type { Database } from "../db/database.js";
import type { Settings } from "../env.js";
import type { Apps } from "./apps.js";
import type { AttemptCounter } from "./attempt-counter.js";
import type { ListGate } from "./console/list-gate.js";
import type { Diagnosis } from "./doctor/finding.js";
import type { DeliverySlots } from "./events/delivery-slots.js";
import type { WebhookClient } from "./events/webhook-client.js";
import type { CallCounts } from "./failures/call-counts.js";
import type { WaitingPeople } from "./identity/waiting-people.js";
import type { KeyRing } from "./key-ring.js";
import type { Metrics } from "./metrics.js";
import type { Notices } from "./notices.js";
import type { PasswordCost } from "./operators/password-hash.js";
import type { SharedAnswer } from "./shared-answer.js";
import type { Requesters } from "./tokens/requesters.js";

export { DatabaseError } from "../db/database.js";

/** The part of Fastify's logger that the domain uses. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the domain's functions depend on: time, the database, WeChat, the keys. main.ts passes the real ones. */
export interface Deps {
  settings: Settings;
  db: Database;
  keys: KeyRing;
  apps: Apps;
  /** The client of one configured app. */
  wechat(appId: string): WeChatOAuthClient;
  /** The global token of one Official Account, shared with all processes. */
  appToken(appId: string): TokenKeeper<GlobalAccessToken>;
  /** The ticket with which one Official Account signs pages for the JS-SDK, shared with all processes. */
  jsapiTicket(appId: string): TokenKeeper;
  /** Who waits for which of these in this process. */
  tokenRequesters: Requesters;
  callCounts: CallCounts;
  /** Undefined where they are not read. */
  metrics?: Metrics | undefined;
  /** Whose unionid is missing. */
  missingUnionids: WaitingPeople;
  /** Whose profile is older than PROFILE_MAX_AGE_DAYS. */
  staleProfiles: WaitingPeople;
  /** The failure up to which this process has emptied the old ones. */
  clearedFailures: { afterAt: Date; afterId: string };
  notices: Notices;
  diagnosis: SharedAnswer<Diagnosis>;
  /** Whether the database can be written. */
  writability: SharedAnswer<boolean>;
  /** Of the hashes of operators' passwords. */
  passwordCost: PasswordCost;
  /** Calls of host applications by key, and refused ones by source. */
  hostCalls: AttemptCounter;
  webhooks: WebhookClient;
  deliverySlots: DeliverySlots;
  /** What the console reads passes through it. */
  listGate: ListGate;
  now(): Date;
  log: Log;
}

/** The client that sent a request. */
export interface Visitor {
  ip: string;
  /** What limits count: the address, or for IPv6 the /64 network that one subscriber has. */
  source: string;
  userAgent: string | undefined;
}

export const later = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

/** A user agent as it is stored: cut to a length that fits a screen. */
export const keptUserAgent = (visitor: Visitor): string | null => visitor.userAgent?.slice(0, 512) ?? null;
