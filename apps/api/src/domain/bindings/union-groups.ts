import { findNextUnionGroup } from "../../db/unions.js";
import type { Deps } from "../deps.js";

/**
 * The groups in which a unionid may be stored for a binding of this app, each with the apps that cannot share it, because they
 * are in another group or in none.
 *
 * An app that is no longer configured may have been in any group.
 */
export async function unionGroups(
  deps: Deps,
  appId?: string,
): Promise<{ group: string; otherApps: string }[]> {
  const app = appId === undefined ? undefined : deps.apps.byAppId(appId);
  const groups: string[] = [];
  for (let group = ""; ; ) {
    const [next] = await deps.db.run(findNextUnionGroup, { after: group });
    if (!next) break;
    group = next.group;
    if (app === undefined || app.group === group) groups.push(group);
  }
  return groups.map((group) => ({
    group,
    otherApps: deps.apps.all
      .filter((other) => other.group !== group)
      .map((other) => other.appId)
      .join(" "),
  }));
}
