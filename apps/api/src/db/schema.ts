import type { Columns } from "./columns.js";
import { alertTables } from "./schema/alerts.js";
import { eventTables } from "./schema/events.js";
import { hostTables } from "./schema/hosts.js";
import { operatorTables } from "./schema/operators.js";
import { peopleTables } from "./schema/people.js";
import { signInTables } from "./schema/sign-ins.js";
import { wechatCallTables } from "./schema/wechat-calls.js";

export type {
  AlertChange,
  AlertChannelKind,
  AlertKind,
} from "./schema/alerts.js";
export type { DeliveryState } from "./schema/events.js";
export type { HandOutKind } from "./schema/hosts.js";
export type { AuditResult, ChallengeKind, FactorKind, OperatorRole } from "./schema/operators.js";
export type {
  ConflictResolution,
  ConsentPurpose,
  ImportKind,
  MergeMoveKind,
  UserStatus,
} from "./schema/people.js";
export { isNotSearchable } from "./schema/people.js";
export type { AuthorizationRequestOutcome, SignInOutcome, SignInPurpose } from "./schema/sign-ins.js";
export type { AppTokenKind } from "./schema/wechat-calls.js";

/** All tables, defined once for both engines. */
export function defineTables(c: Columns) {
  const people = peopleTables(c);
  const signIns = signInTables(c, people);
  const wechatCalls = wechatCallTables(c, people);
  const operators = operatorTables(c);
  const hosts = hostTables(c);
  const events = eventTables(c, hosts);
  const alerts = alertTables(c);
  return { ...people, ...signIns, ...wechatCalls, ...operators, ...hosts, ...events, ...alerts };
}

export type Tables = ReturnType<typeof defineTables>;
