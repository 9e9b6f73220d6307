import type { Language, Text } from "../protocol/text.js";
import type { Person } from "../stores/person.js";
import { type Html, html } from "./html.js";

const graphemes = new Intl.Segmenter();

/** The first character of the nickname, in place of an avatar that would have to be loaded. */
export function initialAvatar(person: Person): Html {
  return html`<span class="face" aria-hidden="true">${initialOf(person.nickname)}</span>`;
}

/** The first visible character of a nickname, or a dot. */
export function initialOf(nickname: string): string {
  // Truncate first: a nickname may be very long.
  const [first] = graphemes.segment(nickname.slice(0, 64).replace(/[\p{Cc}\p{Cf}]/gu, ""));
  return first?.segment ?? "·";
}

/** The nickname and the special properties of this person. `bdi` confines a right-to-left override to the name. */
export function nameAndNote(person: Person, language: Language): Html {
  return html`<span class="who"><bdi class="name">${person.nickname}</bdi>
<span class="soft"><code>${person.id}</code> · ${describePerson(person)[language]}</span></span>`;
}

function describePerson(person: Person): Text {
  const notes: Text[] = [];
  if (person.snapshot) notes.push({ en: "snapshot visitor", zh: "快照页访客" });
  if (person.headimgurl === "") notes.push({ en: "no avatar", zh: "无头像" });
  notes.push(
    person.unionid ? { en: "has a unionid", zh: "有 unionid" } : { en: "no unionid", zh: "无 unionid" },
  );
  if (!person.follows) notes.push({ en: "does not follow", zh: "未关注" });
  return { en: notes.map((note) => note.en).join(", "), zh: notes.map((note) => note.zh).join("，") };
}
