import { appsPage } from "./apps-page.js";
import { clockPage } from "./clock-page.js";
import { faultsPage } from "./faults-page.js";
import { guidePage } from "./guide-page.js";
import type { PanelPage } from "./panel.js";
import { peoplePage } from "./people-page.js";
import { requestsPage } from "./requests-page.js";
import { switchesPage } from "./switches-page.js";
import { tokensPage } from "./tokens-page.js";

/** Every page of the panel, in the order of its navigation. */
export const PANEL_PAGES: readonly PanelPage[] = [
  requestsPage,
  peoplePage,
  appsPage,
  tokensPage,
  faultsPage,
  switchesPage,
  clockPage,
  guidePage,
];
