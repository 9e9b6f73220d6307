import { z } from "zod";
import { listHostBindings, listHostUsers } from "../../db/host-users.js";
import { jsonRows } from "../../db/json-rows.js";
import type { Deps } from "../deps.js";
import { shownAvatar } from "../identity/avatars.js";
import { displayProfile, visibleNickname } from "../identity/display-profile.js";
import { resolveUserId } from "../identity/merges.js";
import type { HostCaller } from "./api-keys.js";
import { HostError } from "./host-error.js";

// How a user looks to a host application: with the external id of that host and no other, and with openid and unionid only
// if its key has the scope identities:read.

const time = z.iso.datetime();

const identity = {
  id: z.string(),
  appId: z.string(),
  app: z
    .string()
    .nullable()
    .meta({ description: "The app's key in WECHAT_APPS; null if it is not configured any more" }),
  openid: z.string().optional().meta({ description: "Only with the scope identities:read" }),
  unionid: z.string().nullable().optional().meta({ description: "Only with the scope identities:read" }),
};

const profile = z.object({ nickname: z.string().nullable(), avatarUrl: z.string().nullable() }).nullable();

export const hostUserSchema = z.object({
  id: z.string(),
  status: z.enum(["active", "blocked"]),
  externalId: z.string().nullable().meta({ description: "What your site calls the user" }),
  createdAt: time,
  lastSignInAt: time
    .nullable()
    .meta({ description: "Null for a person who was imported and has not signed in yet" }),
  profile,
  bindings: z.array(z.object({ ...identity, scope: z.string(), createdAt: time, lastSignInAt: time })),
});

export type HostUser = z.output<typeof hostUserSchema>;

/** Who signed in, as a ticket and a session name them. */
export const signedInUserShape = {
  userId: z.string(),
  externalId: z.string().nullable(),
  profile,
  bindings: z.array(z.object(identity)),
};

export const signedInUser = ({ id, externalId, profile, bindings }: HostUser) => ({
  userId: id,
  externalId,
  profile,
  bindings: bindings.map(({ scope: _, createdAt: __, lastSignInAt: ___, ...binding }) => binding),
});

type Caller = Pick<HostCaller, "client" | "scopes">;

/**
 * The user for an id that a host sent; for the id of a user who was merged, the one whom they became.
 *
 * @throws {HostError} not_found
 * @throws {DatabaseError}
 */
export async function getUserId(deps: Deps, id: string): Promise<string> {
  const userId = await resolveUserId(deps, id);
  if (userId === undefined) throw noSuchUser();
  return userId;
}

export const noSuchUser = () => new HostError("not_found", "There is no user with this id.");

/**
 * One user; for the id of a user who was merged, the one whom they became.
 *
 * @returns undefined if there is none.
 * @throws {DatabaseError}
 */
export async function findHostUser(
  deps: Deps,
  caller: Caller,
  userId: string,
): Promise<HostUser | undefined> {
  const survivor = await resolveUserId(deps, userId);
  if (survivor === undefined) return undefined;
  const [user] = await listHostUsersById(deps, caller, [survivor]);
  return user;
}

/**
 * Several users by the same two queries, in the order of the ids. One who is gone or was merged is left out.
 *
 * @throws {DatabaseError}
 */
export async function listHostUsersById(
  deps: Deps,
  { client, scopes }: Caller,
  userIds: readonly string[],
): Promise<HostUser[]> {
  const rows = jsonRows(userIds.map((userId) => ({ userId })));
  const [users, bindings] = await Promise.all([
    deps.db.run(listHostUsers, { rows, clientId: client.id }),
    deps.db.run(listHostBindings, { rows }),
  ]);
  const mayReadIdentities = scopes.includes("identities:read");
  return users
    .sort((a, b) => a.place - b.place)
    .map(({ place: _, createdAt, lastSignInAt, ...user }) => {
      const own = bindings.filter(({ userId }) => userId === user.id);
      return {
        ...user,
        createdAt: createdAt.toISOString(),
        lastSignInAt: lastSignInAt?.toISOString() ?? null,
        profile: profileOf(deps, own),
        bindings: own.map(({ id, appId, openid, unionid, scope, createdAt, lastSignInAt }) => ({
          id,
          appId,
          app: deps.apps.keyOf(appId),
          ...(mayReadIdentities ? { openid, unionid } : {}),
          scope,
          createdAt: createdAt.toISOString(),
          lastSignInAt: lastSignInAt.toISOString(),
        })),
      };
    });
}

/** As the person's own pages show them; null if there is nothing to show. */
function profileOf(deps: Deps, bindings: Parameters<typeof displayProfile>[0]): HostUser["profile"] {
  const shown = displayProfile(bindings);
  const nickname = visibleNickname(shown.nickname);
  const avatarUrl = shownAvatar(deps.settings, shown.avatarUrl);
  return nickname === null && avatarUrl === null ? null : { nickname, avatarUrl };
}
