import { countUnionsToJoin, listUnionsOfManyUsers } from "../../db/console/groups.js";
import type { Deps } from "../deps.js";

/** What the start of the server does to the people of one group's apps. */
export interface GroupPreview {
  group: string;
  apps: string[];
  /** People whose unionid is known, and who will be recognized in every app of the group. */
  joining: number;
  /** People who are two users already, one in each app: they stay two until an operator decides. */
  conflicts: { userId: string; otherUserId: string }[];
}

/**
 * Says for each `group` of the settings what it would do to the bindings that exist, before the server starts with it.
 * Reads every binding of the group's apps.
 *
 * @throws {DatabaseError}
 */
export async function previewGroups(deps: Pick<Deps, "db" | "apps">): Promise<GroupPreview[]> {
  const groups = [...new Set(deps.apps.all.flatMap(({ group }) => (group ? [group] : [])))];
  const previews: GroupPreview[] = [];
  for (const group of groups) {
    const apps = deps.apps.all.filter((app) => app.group === group);
    const appIds = apps.map(({ appId }) => appId);
    const rows = await listUnionsOfManyUsers(deps.db, group, appIds);
    previews.push({
      group,
      apps: apps.map(({ key }) => key),
      joining: await countUnionsToJoin(deps.db, group, appIds),
      conflicts: rows.map(({ userId, otherUserId }) => ({ userId, otherUserId })),
    });
  }
  return previews;
}
