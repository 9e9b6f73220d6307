import type { en, MessagesLike } from "./en.js";
import { acts } from "./zh-acts.js";
import { alerts } from "./zh-alerts.js";
import { apps } from "./zh-apps.js";
import { audit } from "./zh-audit.js";
import { errorTexts } from "./zh-errors.js";
import { exportTexts } from "./zh-exports.js";
import { hosts } from "./zh-hosts.js";
import { operators } from "./zh-operators.js";
import { overviewTexts } from "./zh-overview.js";
import { pages } from "./zh-pages.js";
import { palette } from "./zh-palette.js";
import { secondFactor } from "./zh-second-factor.js";
import { shared } from "./zh-shared.js";
import { tokens } from "./zh-tokens.js";

/** The Chinese texts. A key of the English texts that is missing here does not compile. */
export const zh: MessagesLike<typeof en> = {
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
};
