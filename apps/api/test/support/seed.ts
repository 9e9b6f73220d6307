import type { Database } from "../../src/db/database.js";
import type { SignInOutcome } from "../../src/db/schema.js";
import { groupRecords } from "../../src/domain/failures/failures.js";
import { foldNickname } from "../../src/domain/identity/identity.js";
import { newId } from "../../src/domain/ids.js";

// Inserts rows directly for tests of lists, which need many rows and no real sign-in.

export interface SeededPerson {
  at: Date;
  appId: string;
  nickname: string;
  openid: string;
  unionid?: string;
  status?: "active" | "blocked";
  tokenExpiresAt?: Date;
  refreshExpiresAt?: Date;
}

/** A user with one binding, and with tokens if `tokenExpiresAt` is given. */
export async function seedPerson(
  db: Database,
  person: SeededPerson,
): Promise<{ userId: string; bindingId: string }> {
  const { at, appId, nickname, openid, unionid = null, status = "active", tokenExpiresAt } = person;
  const [userId, bindingId] = [newId(at), newId(at)];
  await db.consoleQuery((orm, t) =>
    orm.insert(t.users).values({ id: userId, status, createdAt: at }).returning(),
  );
  await db.consoleQuery((orm, t) =>
    orm
      .insert(t.bindings)
      .values({
        ...{ id: bindingId, appId, openid, userId, unionid, scope: "snsapi_userinfo", nickname },
        ...{ nicknameFolded: foldNickname(nickname), createdAt: at, lastSignInAt: at },
      })
      .returning(),
  );
  if (tokenExpiresAt) {
    const refreshExpiresAt = person.refreshExpiresAt ?? tokenExpiresAt;
    await db.consoleQuery((orm, t) =>
      orm
        .insert(t.userTokens)
        .values({
          ...{
            appId,
            bindingId,
            accessToken: `sealed-access-${userId}`,
            refreshToken: `sealed-refresh-${userId}`,
          },
          ...{
            scope: "snsapi_userinfo",
            scopeRank: 2,
            expiresAt: tokenExpiresAt,
            refreshExpiresAt,
            updatedAt: at,
          },
        })
        .returning(),
    );
  }
  return { userId, bindingId };
}

export async function seedSignIn(
  db: Database,
  signIn: {
    at: Date;
    appId: string;
    outcome?: SignInOutcome;
    openid?: string;
    userId?: string;
    browserUserId?: string;
    browserHash?: string;
  },
): Promise<string> {
  const { at, appId, outcome = null, openid = null, userId = null, browserUserId = null } = signIn;
  const id = newId(at);
  const { browserHash = `hash-of-${id}` } = signIn;
  await db.consoleQuery((orm, t) =>
    orm
      .insert(t.signIns)
      .values({
        ...{ id, purpose: "sign_in" as const, appId, returnTo: "/secret-page", browserHash },
        ...{ createdAt: at, expiresAt: at, outcome, outcomeAt: outcome && at, openid, userId, browserUserId },
      })
      .returning(),
  );
  return id;
}

export async function seedFailure(
  db: Database,
  failure: {
    at: Date;
    appId: string;
    errcode: string;
    endpoint?: string;
    openid?: string;
    rid?: string;
    signInId?: string;
  },
): Promise<string> {
  const {
    at,
    appId,
    errcode,
    endpoint = "sns/userinfo",
    openid = null,
    rid = null,
    signInId = null,
  } = failure;
  const id = newId(at);
  await db.consoleQuery((orm, t) =>
    orm
      .insert(t.apiFailures)
      .values({
        id,
        at,
        appId,
        errcode,
        endpoint,
        openid,
        rid,
        signInId,
        errmsg: "no",
        attempt: 1,
        latencyMs: 12,
      })
      .returning(),
  );
  await seedGroups(db, [{ id, at, appId, endpoint, errcode }]);
  return id;
}

/** The groups of failures that were written as rows, the first failure first. */
export async function seedGroups(
  db: Database,
  failures: readonly { id: string; at: Date; appId: string; endpoint: string; errcode: string }[],
): Promise<void> {
  const inOrder = failures.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  await db.batch(inOrder.flatMap((failure) => groupRecords(failure)));
}
