import type { Ending } from "./ending.js";

/** Where a delivery of the callback leaves the browser. */
export type Landing =
  /** Set the session cookie and go on. */
  | { kind: "signed_in"; returnTo: string; sessionSecret: string }
  /** This browser is signed in already: just go on. */
  | { kind: "continue"; returnTo: string }
  /** A new person: the page that says what is asked and why. */
  | { kind: "ask_profile"; signInId: string }
  /** The first delivery died half-way: begin again, once. */
  | { kind: "restart"; appId: string; returnTo: string }
  | Ended;

export interface Ended {
  kind: "ended";
  ending: Ending;
  /** Absent where no journey of this browser is known. */
  signInId?: string;
  /** The journey that the state names, where it is another browser's: a number to ask about, and nothing more. */
  foreignSignInId?: string;
  errcode?: string;
  returnTo?: string;
}
