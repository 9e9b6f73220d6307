import { z } from "zod";
import { MergeError, mergeUsers, undoableUntil, undoMerge } from "../../identity/merges.js";
import { timeOfId } from "../../ids.js";
import { HostError, orRefusal } from "../host-error.js";
import { getUserId } from "../host-user.js";
import { actorOf, defineOperation } from "../operation.js";
import { idInput, reasonInput } from "./inputs.js";

export const mergeUser = defineOperation({
  name: "users.merge",
  method: "POST",
  path: "/users/{id}/merge",
  scope: "merge",
  summary: "Makes another user one with this one; both ids stay known, and it can be undone for 30 days",
  input: z.object({ id: idInput, fromUserId: idInput, reason: reasonInput }),
  output: z.object({ id: z.string(), mergeId: z.string(), undoableUntil: z.iso.datetime() }),
  run: async (context, { id, fromUserId, reason }) => {
    const { deps } = context;
    const intoUserId = await getUserId(deps, id);
    const from = await getUserId(deps, fromUserId);
    const merge = { intoUserId, fromUserId: from, reason, by: actorOf(context) };
    const mergeId = await orRefusal(mergeUsers(deps, merge), mergeRefusal);
    const until = undoableUntil({ createdAt: timeOfId(mergeId) });
    return { id: intoUserId, mergeId, undoableUntil: until.toISOString() };
  },
});

export const undoUserMerge = defineOperation({
  name: "users.undoMerge",
  method: "POST",
  path: "/merges/{id}/undo",
  scope: "merge",
  summary: "Makes two users of one again; what came since stays with the survivor",
  input: z.object({ id: idInput, reason: reasonInput }),
  output: z.object({ id: z.string(), fromUserId: z.string(), intoUserId: z.string() }),
  run: async (context, { id, reason }) => ({
    id,
    ...(await orRefusal(undoMerge(context.deps, { id, reason, by: actorOf(context) }), mergeRefusal)),
  }),
});

/** Why two users were not merged, or a merge was not undone. */
function mergeRefusal(error: unknown): unknown {
  if (!(error instanceof MergeError)) return error;
  if (error.reason !== "not_found") return new HostError("conflict", error.message, { cause: error });
  return new HostError("not_found", "There is no such user or merge.", { cause: error });
}
