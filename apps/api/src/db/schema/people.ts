import { type Column, type SQL, sql } from "drizzle-orm";
import type { Columns } from "../columns.js";

/** `profile`: to show nickname and picture; `unionid`: to be recognized in the other apps of a group. */
export type ConsentPurpose = "profile" | "unionid";
export type ConflictResolution = "merged" | "kept_apart";
/** `browser_sign_in`: a sign-in of which only the browser is the user's. */
export type MergeMoveKind = "binding" | "union" | "session" | "external_user" | "sign_in" | "browser_sign_in";
export type ImportKind = "people" | "openids";
export type UserStatus = "active" | "blocked";

/** A nickname that was written since its grams were. The condition of an index: a query that asks in other words reads all rows. */
export const isNotSearchable = (bindings: { nicknameFolded: Column; searchableAs: Column }): SQL =>
  sql`${bindings.nicknameFolded} is distinct from ${bindings.searchableAs}`;

/**
 * People: who they are in WeChat and to host applications, and what became of them.
 *
 * `bindings.user_id` and `unions.user_id` carry no foreign key: those unique rows are written first and the user row only by
 * the winner (db/identities.ts), all in one transaction.
 */
export function peopleTables(c: Columns) {
  const users = c.table(
    "users",
    {
      id: c.text("id").primaryKey(),
      status: c.text("status").$type<UserStatus>().notNull().default("active"),
      createdAt: c.time("created_at").notNull(),
      lastSignInAt: c.time("last_sign_in_at"),
      /** The user who has what this one had, since an operator merged the two. */
      mergedInto: c.text("merged_into"),
    },
    (t) => [
      c.index("users_created").on(t.createdAt, t.id),
      c.index("users_status").on(t.status, t.createdAt, t.id),
      c.index("users_merged_into").on(t.mergedInto),
    ],
  );

  /** A person as a host application knows them: two hosts may both have a user 42. */
  const externalUsers = c.table(
    "external_users",
    {
      clientId: c.text("client_id").notNull(),
      externalId: c.text("external_id").notNull(),
      userId: c.text("user_id").notNull(),
      createdAt: c.time("created_at").notNull(),
    },
    (t) => [
      c.primaryKey({ columns: [t.clientId, t.externalId] }),
      c.index("external_users_user").on(t.userId),
      c.index("external_users_external_id").on(t.externalId),
    ],
  );

  const bindings = c.table(
    "bindings",
    {
      id: c.text("id").primaryKey(),
      appId: c.text("app_id").notNull(),
      openid: c.text("openid").notNull(),
      userId: c.text("user_id").notNull(),
      unionid: c.text("unionid"),
      /** When WeChat was last asked for a missing unionid; null if it was not. */
      unionidCheckedAt: c.time("unionid_checked_at"),
      /** The widest scope ever granted; WeChat's own comma-separated form. */
      scope: c.text("scope").notNull(),
      nickname: c.text("nickname"),
      /** The nickname folded for search: SQLite's LIKE folds ASCII only. */
      nicknameFolded: c.text("nickname_folded"),
      /** The folded nickname whose grams are written; another one, or null, until the job has written the present one's. */
      searchableAs: c.text("searchable_as"),
      avatarUrl: c.text("avatar_url"),
      profileAt: c.time("profile_at"),
      /** When it was last tried to read the profile again, after a silent sign-in; null if it was not. */
      profileCheckedAt: c.time("profile_checked_at"),
      createdAt: c.time("created_at").notNull(),
      lastSignInAt: c.time("last_sign_in_at").notNull(),
    },
    (t) => [
      c.uniqueIndex("bindings_app_openid").on(t.appId, t.openid),
      c.index("bindings_user").on(t.userId),
      c.index("bindings_openid").on(t.openid),
      c.index("bindings_unionid").on(t.unionid),
      c.index("bindings_not_searchable").on(t.id).where(isNotSearchable(t)),
    ],
  );

  /** Two neighbouring characters of a nickname, or its last one: by which a part of a nickname is found. */
  const nicknameGrams = c.table(
    "nickname_grams",
    {
      gram: c.text("gram").notNull(),
      bindingId: c
        .text("binding_id")
        .notNull()
        .references(() => bindings.id, { onDelete: "cascade" }),
    },
    (t) => [
      c.primaryKey({ columns: [t.gram, t.bindingId] }),
      c.index("nickname_grams_binding").on(t.bindingId),
    ],
  );

  const unions = c.table(
    "unions",
    {
      group: c.text("group").notNull(),
      unionid: c.text("unionid").notNull(),
      userId: c.text("user_id").notNull(),
      createdAt: c.time("created_at").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.group, t.unionid] }), c.index("unions_user").on(t.userId)],
  );

  /** How far the bindings of an app, in the order of their openids, have joined a group that was set after they were made. */
  const groupJoins = c.table(
    "group_joins",
    {
      appId: c.text("app_id").notNull(),
      group: c.text("group").notNull(),
      /** The openid of the last binding that has joined; empty before the first. */
      after: c.text("after").notNull(),
      /** When the last one joined; null until then. */
      doneAt: c.time("done_at"),
    },
    (t) => [c.primaryKey({ columns: [t.appId, t.group] })],
  );

  const identityConflicts = c.table(
    "identity_conflicts",
    {
      id: c.text("id").primaryKey(),
      group: c.text("group").notNull(),
      unionid: c.text("unionid").notNull(),
      /** The user whose binding brought the unionid. */
      userId: c.text("user_id").notNull(),
      /** The user to whom the unionid already belongs. */
      otherUserId: c.text("other_user_id").notNull(),
      createdAt: c.time("created_at").notNull(),
      /** When an operator decided; null while the conflict is open. */
      resolvedAt: c.time("resolved_at"),
      resolution: c.text("resolution").$type<ConflictResolution>(),
    },
    (t) => [
      c.uniqueIndex("identity_conflicts_once").on(t.group, t.unionid, t.userId),
      c.index("identity_conflicts_created").on(t.createdAt, t.id),
      c.index("identity_conflicts_resolved").on(t.resolvedAt, t.createdAt, t.id),
      c.index("identity_conflicts_user").on(t.userId),
      c.index("identity_conflicts_other_user").on(t.otherUserId),
    ],
  );

  /** Two users whom an operator made one; it can be undone for 30 days. */
  const merges = c.table(
    "merges",
    {
      id: c.text("id").primaryKey(),
      /** The conflict that it resolved, if it resolved one. */
      conflictId: c.text("conflict_id"),
      fromUserId: c.text("from_user_id").notNull(),
      intoUserId: c.text("into_user_id").notNull(),
      operatorId: c.text("operator_id").notNull(),
      createdAt: c.time("created_at").notNull(),
      undoneAt: c.time("undone_at"),
      undoneBy: c.text("undone_by"),
    },
    (t) => [
      c.index("merges_created").on(t.createdAt, t.id),
      c.index("merges_from").on(t.fromUserId),
      c.index("merges_into").on(t.intoUserId),
    ],
  );

  /** Each row that a merge moved: what an undo moves back, so that what came later stays. */
  const mergeMoves = c.table(
    "merge_moves",
    {
      mergeId: c
        .text("merge_id")
        .notNull()
        .references(() => merges.id, { onDelete: "cascade" }),
      kind: c.text("kind").$type<MergeMoveKind>().notNull(),
      /** The key of the row in its table; of a key of two columns both parts, with a slash between them. */
      key: c.text("key").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.mergeId, t.kind, t.key] })],
  );

  /** What a person agreed to, or refused, and when. */
  const consents = c.table(
    "consents",
    {
      /** That of the sign-in that asked. */
      id: c.text("id").primaryKey(),
      userId: c.text("user_id").notNull(),
      bindingId: c.text("binding_id").notNull(),
      purpose: c.text("purpose").$type<ConsentPurpose>().notNull(),
      /** A question counts as refused until the person agrees: who closes the page has answered too. */
      answer: c.text("answer").$type<"agreed" | "refused">().notNull(),
      noticeVersion: c.text("notice_version"),
      at: c.time("at").notNull(),
    },
    (t) => [
      c.index("consents_user").on(t.userId),
      c.index("consents_binding").on(t.bindingId, t.purpose, t.at),
    ],
  );

  /** The ledger of erasures; the file beside the database repeats it, so that a restored backup forgets again. */
  const erasures = c.table("erasures", {
    userId: c.text("user_id").primaryKey(),
    /** The operator who erased; null if the person did. */
    operatorId: c.text("operator_id"),
    at: c.time("at").notNull(),
  });

  /** Keyed hashes of the identities of erased people who were blocked: they stay blocked. */
  const blockedIdentities = c.table("blocked_identities", {
    hash: c.text("hash").primaryKey(),
    at: c.time("at").notNull(),
  });

  /** How far a file of people or of openids is imported: an interrupted import goes on there. */
  const imports = c.table("imports", {
    /** A hash of the file and of what it is imported as. */
    id: c.text("id").primaryKey(),
    kind: c.text("kind").$type<ImportKind>().notNull(),
    /** The records of the file that are done. */
    records: c.integer("records").notNull(),
    /** How many had each result, as JSON. */
    counts: c.text("counts").notNull(),
    startedAt: c.time("started_at").notNull(),
    updatedAt: c.time("updated_at").notNull(),
    doneAt: c.time("done_at"),
  });

  return {
    users,
    externalUsers,
    bindings,
    nicknameGrams,
    unions,
    groupJoins,
    identityConflicts,
    merges,
    mergeMoves,
    consents,
    erasures,
    blockedIdentities,
    imports,
  };
}

export type PeopleTables = ReturnType<typeof peopleTables>;
