import type { Language } from "../language/language.js";
import type { en } from "./en.js";

export type Messages = typeof en;

/** The texts of a language are a file of their own: most operators never read the other one. */
export async function loadMessages(language: Language): Promise<Messages> {
  if (language === "en") return (await import("./en.js")).en;
  // The type of zh guarantees en's keys. The cast is needed because use-intl's type has en's literal texts.
  return (await import("./zh.js")).zh as Messages;
}
