import { findBlockedIdentity, listBlockedIdentities } from "../../db/erasures.js";
import { jsonRows } from "../../db/json-rows.js";
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
  { openid, unionid }: Omit<Identity, "app">,
): Promise<boolean> {
  const hashes = pseudonymsOf(deps, { app, openid, unionid });
  for (const hash of hashes) {
    if ((await deps.db.run(findBlockedIdentity, { hash })).length > 0) return true;
  }
  return false;
}

interface Identity {
  app: WeChatApp;
  openid: string;
  unionid?: string | undefined;
}

const pseudonymsOf = (deps: Deps, { app, openid, unionid }: Identity): string[] => [
  ...openidPseudonyms(deps, app.appId, openid),
  ...(app.group && unionid ? unionidPseudonyms(deps, app.group, unionid) : []),
];

/**
 * The same for many identities at once.
 *
 * @returns those of which it is true
 * @throws {DatabaseError}
 */
export async function listErasedAndBlocked<Some extends Identity>(
  deps: Deps,
  identities: readonly Some[],
): Promise<Set<Some>> {
  const hashed = identities.flatMap((identity) =>
    pseudonymsOf(deps, identity).map((hash) => ({ identity, hash })),
  );
  const rows = jsonRows(hashed.map(({ hash }) => ({ hash })));
  const found = await deps.db.run(listBlockedIdentities, { rows });
  return new Set(found.flatMap(({ place }) => hashed[place]?.identity ?? []));
}
