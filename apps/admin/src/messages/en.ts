import { acts } from "./en-acts.js";
import { alerts } from "./en-alerts.js";
import { apps } from "./en-apps.js";
import { audit } from "./en-audit.js";
import { errorTexts } from "./en-errors.js";
import { exportTexts } from "./en-exports.js";
import { hosts } from "./en-hosts.js";
import { operators } from "./en-operators.js";
import { overviewTexts } from "./en-overview.js";
import { pages } from "./en-pages.js";
import { palette } from "./en-palette.js";
import { secondFactor } from "./en-second-factor.js";
import { shared } from "./en-shared.js";
import { tokens } from "./en-tokens.js";

/** The English texts. The pages are type-checked against their keys and placeholders. */
export const en = {
  ...shared,
  ...pages,
  ...palette,
  ...overviewTexts,
  ...acts,
  ...operators,
  ...audit,
  ...hosts,
  ...alerts,
  ...apps,
  ...errorTexts,
  ...exportTexts,
  ...tokens,
  ...secondFactor,
} as const;

/** The same keys, with texts of another language. */
export type MessagesLike<Messages> = {
  readonly [Key in keyof Messages]: Messages[Key] extends string ? string : MessagesLike<Messages[Key]>;
};
