export type Language = "zh" | "en";

/** The slots of every ending: where the main action leads, what a person can quote when they ask
 * for help, and the address of this page without a code in it. */
const endingSlots = ["retry", "number", "errcode", "self"] as const;

/**
 * Every page, with the `{{slots}}` that the server fills with HTML-escaped text before it answers.
 * Only `qr` takes trusted markup (an inline SVG). An absent value is filled with the empty string.
 */
export const slotsOf = {
  home: ["start"],
  "signed-out": ["start"],
  account: ["nickname", "avatar", "switch"],
  profile: ["continue", "cancel"],
  "open-in-wechat": ["link", "qr", "anyway"],
  "open-on-desktop": ["link", "anyway"],
  wecom: ["link", "anyway"],
  "mini-program": ["link", "anyway"],
  refused: endingSlots,
  expired: endingSlots,
  used: endingSlots,
  snapshot: endingSlots,
  "wrong-browser": endingSlots,
  "invalid-callback": endingSlots,
  "code-rejected": endingSlots,
  "wechat-unavailable": endingSlots,
  "sign-in-failed": endingSlots,
  blocked: endingSlots,
  "too-many-requests": endingSlots,
  "not-found": endingSlots,
  "server-error": endingSlots,
  busy: endingSlots,
} as const satisfies Record<string, readonly string[]>;

export type PageName = keyof typeof slotsOf;

/** The pages that end a journey: one title, one sentence, one main action. */
export type EndingName = {
  [page in PageName]: (typeof slotsOf)[page] extends typeof endingSlots ? page : never;
}[PageName];

export type SlotName = (typeof slotsOf)[PageName][number];
