import type { AuthorizeRequest } from "./authorize-request.js";
import { buildCallbackUrl } from "./callback-url.js";
import { type PageError, pageError } from "./page-errors.js";
import type { Person } from "./people.js";
import type { World } from "./world.js";

export type Decision = "allow" | "refuse";

/** What comes of a person's decision. */
export type GrantOutcome =
  /** `secondLocation`: the same callback once more with another code, when callbacks are doubled. */
  | { kind: "redirect"; location: string; secondLocation?: string }
  /** No redirect: the app never learns of it. */
  | { kind: "refused" }
  | { kind: "error"; error: PageError };

/** 5 minutes for an Official Account's code, 10 for the QR page's. */
const CODE_SECONDS = { official_account: 300, website: 600 } as const;

/** Does what this person's tap does. With snsapi_base nobody is asked, so there is nothing to refuse. */
export function decide(
  world: World,
  request: AuthorizeRequest,
  person: Person,
  decision: Decision,
): GrantOutcome {
  const { app, redirectUri, scope, rawState } = request;
  if (app.testAccount && !person.follows) return { kind: "error", error: pageError(10006) };
  if (decision === "refuse" && scope !== "snsapi_base") {
    if (world.settings.refusal === "nothing") return { kind: "refused" };
    return { kind: "redirect", location: buildCallbackUrl(redirectUri, undefined, rawState) };
  }
  // Only an Official Account's snsapi_userinfo can end in a snapshot; QR login has none.
  const snapshot = person.snapshot && scope === "snsapi_userinfo";
  const grant = { appId: app.appId, personId: person.id, scope, snapshot };
  const issue = () =>
    buildCallbackUrl(redirectUri, world.codes.issue(grant, CODE_SECONDS[app.kind]), rawState);
  const location = issue();
  return world.settings.doubleCallback
    ? { kind: "redirect", location, secondLocation: issue() }
    : { kind: "redirect", location };
}
