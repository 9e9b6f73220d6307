import type { Binding, Person } from "../../api/types.js";
import { visibleText } from "../../format/text.js";

/** The nickname and picture to know a person by: of their first binding that has a name one can see. */
export function displayProfile(person: Pick<Person, "bindings">): Pick<Binding, "nickname" | "avatarUrl"> {
  const named = person.bindings.find((binding) => visibleText(binding.nickname) !== null);
  return named ?? person.bindings[0] ?? { nickname: null, avatarUrl: null };
}
