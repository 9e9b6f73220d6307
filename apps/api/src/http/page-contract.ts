export type { Language } from "./language.js";

/** Where a new attempt leads (nowhere if it is empty), what a person can quote to support, and the page's address without a code in it. */
const failureSlots = ["retry", "number", "errcode", "self"] as const;

/** Also the way back to the host application without a binding, beside another attempt. */
const linkFailureSlots = [...failureSlots, "back"] as const;

/** Where the tap and the way past it lead, and the version of the privacy notice, which may be empty. */
const consentSlots = ["continue", "cancel", "version"] as const;

/**
 * Every page, with the names of its `{{slots}}`. apps/login builds each page with exactly these slots, and
 * `sendPage` fills all of them.
 *
 * A value is plain text and is escaped; only `qr` is markup, an SVG of our own. `link` gets a `<wbr>` after each slash, so it
 * must stand in text and not in an attribute. An empty string leaves a slot empty.
 *
 * A page may also show a part of itself only for one value of a slot (`<!--when slot=value-->`), so that words stay with the
 * pages, and repeat a part for each row of a list (`<!--each list-->`): see `pageLists` and fill-page.ts.
 */
export const pageSlots = {
  home: ["start"],
  "signed-out": ["start"],
  account: [
    "isNamed",
    "nickname",
    "avatar",
    "notice",
    "refreshProfile",
    "showProfile",
    "signOut",
    "signOutEverywhere",
    "data",
    "deleteAccount",
    "keptDays",
  ],
  "account-deleted": ["home"],
  profile: consentSlots,
  "missing-profile": consentSlots,
  unionid: consentSlots,
  /** `host` and `label` name one side, `nickname` the other one, where `wechat` is `named` and not `unknown`. */
  "bind-link": ["host", "label", "wechat", "nickname", "confirm", "cancel"],
  "open-in-wechat": ["link", "anyway"],
  "scan-with-phone": ["link", "qr", "anyway"],
  "open-on-desktop": ["link", "anyway"],
  wecom: ["link", "anyway"],
  "mini-program": ["link", "anyway"],
  refused: failureSlots,
  expired: failureSlots,
  used: failureSlots,
  snapshot: failureSlots,
  "wrong-browser": failureSlots,
  "invalid-callback": failureSlots,
  "invalid-host-link": failureSlots,
  "code-rejected": failureSlots,
  "wechat-unavailable": failureSlots,
  "sign-in-failed": failureSlots,
  "not-allowed": failureSlots,
  blocked: failureSlots,
  "too-many-requests": failureSlots,
  "not-found": failureSlots,
  "server-error": failureSlots,
  busy: failureSlots,
  "bind-refused": failureSlots,
  "bind-expired": failureSlots,
  "bind-snapshot": failureSlots,
  "bind-unavailable": failureSlots,
  "bind-failed": failureSlots,
  "bind-not-allowed": failureSlots,
  "bind-blocked": failureSlots,
  "bound-elsewhere": failureSlots,
  "session-changed": failureSlots,
  "link-refused": linkFailureSlots,
  "link-retry": linkFailureSlots,
  "link-snapshot": linkFailureSlots,
  "link-unavailable": linkFailureSlots,
  "link-failed": failureSlots,
  "link-not-allowed": linkFailureSlots,
  "link-blocked": failureSlots,
  "link-bound-elsewhere": linkFailureSlots,
  "link-expired": failureSlots,
} as const satisfies { [page: string]: readonly string[] };

/** The lists of a page, with the names of the slots of each row. */
export const pageLists = {
  account: {
    bindings: ["id", "nickname", "app", "kind", "boundAt", "boundOn", "usedAt", "used", "remove", "isOnly"],
    apps: ["id", "name", "kind", "add"],
    sessions: ["id", "client", "platform", "form", "seenAt", "seen", "end", "isCurrent"],
    /** Where a person can sign in as another person: one row, or none. */
    otherAccounts: ["start"],
  },
} as const satisfies { [page in PageName]?: { [list: string]: readonly string[] } };

/**
 * The slots that every page also has: the name and the logo of the site that it signs in to, and the addresses of that
 * site's notices. The last three may be empty.
 */
export const siteSlots = ["site", "logo", "privacy", "terms"] as const;

export type SiteSlots = { readonly [slot in (typeof siteSlots)[number]]: string };

export type PageName = keyof typeof pageSlots;

// Object.keys() returns string[]; `pageSlots` is a literal, so these are exactly its keys.
export const pageNames = Object.keys(pageSlots) as readonly PageName[];

/** The slots of a page. A union of pages has the slots of all of them. */
export type SlotName<Page extends PageName> = (typeof pageSlots)[Page][number];

export type PageSlots<Page extends PageName> = {
  readonly [slot in SlotName<Page>]: string;
} & ListsOf<Page>;

type ListsOf<Page extends PageName> = Page extends keyof typeof pageLists
  ? { readonly [list in keyof (typeof pageLists)[Page]]: readonly Row<(typeof pageLists)[Page][list]>[] }
  : unknown;

type Row<Slots> = Slots extends readonly (infer Slot extends string)[]
  ? { readonly [slot in Slot]: string }
  : never;

/** The pages for a sign-in or a request that failed: those that have `failureSlots`, whatever else one of them has. */
export type FailurePageName = {
  [page in PageName]: (typeof failureSlots)[number] extends (typeof pageSlots)[page][number] ? page : never;
}[PageName];
