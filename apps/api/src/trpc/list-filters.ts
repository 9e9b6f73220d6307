import { z } from "zod";
import { auditEvents } from "../domain/audit.js";
import { idInput, momentInput, plainText, searchText } from "./inputs.js";

// What each list of the console can be filtered by: as a page, and as an export (http/exports.ts).

export const peopleFilter = {
  q: searchText,
  appId: plainText(64).optional(),
  unionid: z.enum(["yes", "no"]).optional(),
  status: z.enum(["active", "blocked"]).optional(),
};

const outcomes = [
  "signed_in",
  "bound",
  "bound_elsewhere",
  "refused",
  "expired",
  "snapshot",
  "blocked",
  "failed",
  "abandoned",
  "in_progress",
] as const;

export const signInsFilter = {
  q: searchText,
  outcome: z.enum(outcomes).optional(),
  appId: plainText(64).optional(),
  userId: idInput.optional(),
  sameBrowserAs: idInput.optional(),
  from: momentInput,
  to: momentInput,
};

export const failuresFilter = {
  q: searchText,
  appId: plainText(64).optional(),
  endpoint: plainText(64).optional(),
  errcode: plainText(32).optional(),
  from: momentInput,
  to: momentInput,
};

export const userTokensFilter = {
  q: searchText,
  appId: plainText(64).optional(),
  state: z.enum(["fresh", "refreshable", "refused", "dead"]).optional(),
};

export const auditFilter = {
  operatorId: plainText(200).optional(),
  event: z.enum(auditEvents).optional(),
  target: plainText(200).trim().optional(),
  result: z.enum(["ok", "denied", "refused"]).optional(),
  from: momentInput,
  to: momentInput,
};
