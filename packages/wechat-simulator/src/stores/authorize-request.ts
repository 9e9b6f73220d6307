import type { SimulatedApp } from "./apps.js";

/** A request of an app that may be put before a person. */
export interface AuthorizeRequest {
  app: SimulatedApp;
  redirectUri: string;
  scope: string;
  /** Undecoded; undefined when none was sent, which only the QR page allows. */
  rawState: string | undefined;
  /** Asks for the pop-up even of somebody who was here lately. */
  forcePopup: boolean;
  /** Asks for the snapshot page, to debug it. */
  forceSnapShot: boolean;
  /** `connect_redirect=1`, said to prevent the double callback. */
  connectRedirect: boolean;
}
