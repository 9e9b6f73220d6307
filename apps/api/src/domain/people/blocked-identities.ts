import { findBlockedIdentity } from "../../db/erasures.js";
import type { WeChatApp } from "../apps.js";
import type { Deps } from "../deps.js";

/** What stands for an openid once its person is erased: the same in the history and in the list of blocked identities. */
export const openidPseudonyms = ({ keys }: Pick<Deps, "keys">, appId: string, openid: string) =>
  keys.pseudonyms("openid", appId, openid);

export const unionidPseudonyms = ({ keys }: Pick<Deps, "keys">, group: string, unionid: string) =>
  keys.pseudonyms("unionid", group, unionid);

/**
 * Whether an identity that no user has is that of a person who was blocked when they were erased: they stay blocked.
 *
 * @throws {DatabaseError}
 */
export async function isErasedAndBlocked(
  deps: Deps,
  app: WeChatApp,
  { openid, unionid }: { openid: string; unionid?: string | undefined },
): Promise<boolean> {
  const hashes = [
    ...openidPseudonyms(deps, app.appId, openid),
    ...(app.group && unionid ? unionidPseudonyms(deps, app.group, unionid) : []),
  ];
  for (const hash of hashes) {
    if ((await deps.db.run(findBlockedIdentity, { hash })).length > 0) return true;
  }
  return false;
}
