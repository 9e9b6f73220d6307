import type { Language } from "../language/language.js";
import type { en } from "./en.js";

// Makes every `t("…")` a checked key with checked placeholders.
declare module "use-intl" {
  interface AppConfig {
    Locale: Language;
    Messages: typeof en;
  }
}
