import { findRareGram } from "../../db/console/nicknames.js";
import type { Deps } from "../deps.js";
import { foldNickname } from "../identity/identity.js";

/** How a list finds a nickname. */
export async function nicknameSearch(deps: Pick<Deps, "db">, text: string, matchesParts: boolean) {
  const search = { folded: foldNickname(text), matchesParts };
  return { ...search, gram: await findRareGram(deps.db, search) };
}
