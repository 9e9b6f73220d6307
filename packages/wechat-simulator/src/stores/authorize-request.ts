import type { SimulatedApp } from "./apps.js";

/** A valid authorization request of an app. */
export interface AuthorizeRequest {
  app: SimulatedApp;
  redirectUri: string;
  scope: string;
  /** Undecoded; undefined if absent, which only the QR page allows. */
  rawState: string | undefined;
  /** Show the consent page even to a person who consented recently. */
  forcePopup: boolean;
  /** Show the snapshot page, for debugging. */
  forceSnapShot: boolean;
  /** `connect_redirect=1`, said to prevent the double callback. */
  connectRedirect: boolean;
}
