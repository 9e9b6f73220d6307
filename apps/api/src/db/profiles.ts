import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import { encoded, type Params, statement } from "./statement.js";

/** Touches no row if another process is reading this profile, or read it since `checkedBefore`. */
export const claimProfileRead = statement(
  "claim_profile_read",
  (orm, t, p: Params<{ bindingId: string; checkedBefore: Date; now: Date }>) =>
    orm
      .update(t.bindings)
      .set({ profileCheckedAt: sql`${encoded(t.bindings.profileCheckedAt, p.now)}` })
      .where(
        and(
          eq(t.bindings.id, p.bindingId),
          or(
            isNull(t.bindings.profileCheckedAt),
            lte(t.bindings.profileCheckedAt, encoded(t.bindings.profileCheckedAt, p.checkedBefore)),
          ),
        ),
      )
      .returning({ id: t.bindings.id }),
);

interface ProfileValues {
  bindingId: string;
  nickname: string;
  nicknameFolded: string;
  avatarUrl: string | null;
  now: Date;
}

export const setProfile = statement("set_profile", (orm, t, p: Params<ProfileValues>) =>
  orm
    .update(t.bindings)
    .set({
      nickname: sql`${p.nickname}`,
      nicknameFolded: sql`${p.nicknameFolded}`,
      avatarUrl: sql`${p.avatarUrl}`,
      profileAt: sql`${encoded(t.bindings.profileAt, p.now)}`,
    })
    .where(eq(t.bindings.id, p.bindingId))
    .returning({ id: t.bindings.id }),
);
