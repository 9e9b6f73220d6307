import type { Language } from "../language/language.js";
import type { en } from "./en.js";

// Type-checks the key and placeholders of every `t("…")`.
declare module "use-intl" {
  interface AppConfig {
    Locale: Language;
    Messages: typeof en;
  }
}
