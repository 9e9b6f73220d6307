import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { z } from "zod";

// WECHAT_APPS: a JSON file or the JSON itself; the simulator's apps if it is not set.

/** One WeChat app from the settings. */
export interface WeChatApp {
  /** A short name for it, used in `?app=`. */
  key: string;
  kind: "official_account" | "website";
  appId: string;
  appSecret: string;
  /** Any name for the Open Platform account it is bound to: apps of one group share a person's unionid. */
  group?: string | undefined;
  /** What a new person is asked for: nothing, or nickname and avatar. */
  profile: "none" | "ask";
  /** Whether a known person without a unionid is asked for a consent that lets WeChat tell it. Only with a group. */
  unionidConsent?: boolean | undefined;
  /** Names of the MP_verify files that WeChat's console gave for this app; env-verify-files.ts reads all files. */
  verifyFiles: readonly string[];
  /** What people call the site that this app signs in to. Without one, its pages show the host of PUBLIC_URL. */
  name?: { zh: string; en: string } | undefined;
  logo?: Logo | undefined;
  /** Where the site's privacy notice and terms are: an address, or a path of this origin. */
  privacyUrl?: string | undefined;
  /** Which version of the privacy notice that is: stored with each consent. */
  privacyVersion?: string | undefined;
  termsUrl?: string | undefined;
}

/** A picture that this server serves itself, because its pages load nothing from another origin. */
export interface Logo {
  contentType: string;
  content: Buffer;
}

/** The simulator's own two apps. They are public, so production refuses them. */
export const simulatedApps = [
  {
    key: "oa",
    kind: "official_account",
    appId: "wx51a0b1c2d3e4f501",
    appSecret: "5d0c1a7e0000000000000000000000a1",
    group: "demo",
    profile: "ask",
    name: { zh: "山茶书店", en: "Camellia Books" },
  },
  {
    key: "web",
    kind: "website",
    appId: "wx51a0b1c2d3e4f502",
    appSecret: "5d0c1a7e0000000000000000000000b2",
    group: "demo",
    profile: "ask",
    name: { zh: "山茶书店", en: "Camellia Books" },
  },
] as const;

/** A text that an app must have, and what it looks like. */
const required = (pattern: RegExp, looks: string) =>
  z.string({ error: ({ input }) => (input === undefined ? "is missing" : looks) }).regex(pattern, looks);

const shownName = z.string().trim().min(1, "is empty").max(32, "has more than 32 characters");
const noticeUrl = required(
  /^(https?:\/\/|\/(?![/\\]))[^\s"'<>\\]{0,500}$/,
  "is an http or https address, or a path that starts with one /",
).optional();

const appFields = z.strictObject({
  key: required(/^[a-z0-9_-]{1,32}$/, "is 1 to 32 of a-z, 0-9, _ and -"),
  kind: z.enum(["official_account", "website"], "is official_account or website"),
  appId: required(
    /^wx[0-9a-zA-Z]{16}$/,
    "looks like wx and 16 letters or digits; check for blanks and quotes",
  ),
  appSecret: required(/^[0-9a-zA-Z]{32}$/, "is 32 letters and digits; check for blanks and quotes"),
  group: required(/^.{1,64}$/s, "is a name of 1 to 64 characters").optional(),
  profile: z.enum(["none", "ask"], "is none or ask").default("ask"),
  verifyFiles: z
    .array(
      required(/^MP_verify_[A-Za-z0-9]{16}\.txt$/, "is a name like MP_verify_AbCdEfGh01234567.txt"),
      "is a list of names",
    )
    .default([]),
  name: z
    .union(
      [shownName, z.strictObject({ zh: shownName, en: shownName })],
      'is a text, or { "zh": "…", "en": "…" }',
    )
    .transform((name) => (typeof name === "string" ? { zh: name, en: name } : name))
    .optional(),
  logo: required(/./, "is the path of a picture").optional(),
  privacyUrl: noticeUrl,
  privacyVersion: required(
    /^\S(.{0,30}\S)?$/,
    "is a text of 1 to 32 characters, without a blank at either end",
  ).optional(),
  termsUrl: noticeUrl,
  unionidConsent: z.boolean("is true or false").optional(),
});

const appShape = appFields.superRefine((app, context) => {
  const problem = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  if (app.privacyVersion !== undefined && app.privacyUrl === undefined) {
    problem("privacyVersion", "needs a privacyUrl: it is the version of the notice there");
  }
  if (app.unionidConsent && (app.kind !== "official_account" || app.group === undefined)) {
    problem("unionidConsent", "needs an official_account with a group: a unionid joins the apps of a group");
  }
});

/** @returns the configured apps; problems are added to `problems`, by name and never by value. */
export function readApps(setting: string | undefined, problems: string[]): WeChatApp[] {
  if (setting === undefined) return simulatedApps.map((app) => ({ ...app, verifyFiles: [] }));
  const isInline = setting.trimStart().startsWith("[");
  let json: unknown;
  try {
    const text = isInline ? setting : readAppsFile(setting);
    json = JSON.parse(text);
  } catch (error) {
    // Not the parser's own message: it quotes the text, secrets included.
    const missing = error instanceof Error && "code" in error;
    problems.push(
      missing
        ? "WECHAT_APPS names a file that cannot be read"
        : "WECHAT_APPS is not JSON: it is an array of apps",
    );
    return [];
  }
  if (!Array.isArray(json) || json.length === 0) {
    problems.push("WECHAT_APPS is an array of apps, and names at least one");
    return [];
  }
  // Each app by itself, so that a problem of one hides none of another.
  const read = json.map((app: unknown, index) => {
    const parsed = appShape.safeParse(app);
    if (parsed.success) return parsed.data;
    problems.push(...parsed.error.issues.map((issue) => `WECHAT_APPS ${formatIssue(index, issue)}`));
    return undefined;
  });
  for (const field of ["key", "appId"] as const) {
    const values = json.flatMap((app: unknown) => {
      const value: unknown = typeof app === "object" && app !== null && field in app && app[field as never];
      return typeof value === "string" ? [value] : [];
    });
    if (new Set(values).size < values.length) problems.push(`WECHAT_APPS: two apps have the same ${field}`);
  }
  const folder = isInline ? process.cwd() : dirname(resolve(setting));
  return read
    .filter((app) => app !== undefined)
    .map(({ logo, ...app }) => ({
      ...app,
      logo: logo === undefined ? undefined : readLogo(resolve(folder, logo), app.key, problems),
    }));
}

const maxLogoBytes = 200 * 1024;
const logoTypes = new Map([
  [".png", "image/png"],
  [".jpg", "image/jpeg"],
  [".jpeg", "image/jpeg"],
  [".webp", "image/webp"],
  [".svg", "image/svg+xml"],
]);

function readLogo(path: string, key: string, problems: string[]): Logo | undefined {
  const contentType = logoTypes.get(extname(path).toLowerCase());
  const problem = (text: string) => void problems.push(`WECHAT_APPS: the logo of ${key} ${text}`);
  if (contentType === undefined) return problem("is not a .png, .jpg, .webp or .svg file");
  try {
    if (statSync(path).size > maxLogoBytes) return problem("is larger than 200 KB");
    return { contentType, content: readFileSync(path) };
  } catch {
    return problem(
      "cannot be read: give its path, relative to the file of the apps or to the working directory",
    );
  }
}

function readAppsFile(path: string): string {
  if (!existsSync(path)) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return readFileSync(path, "utf8");
}

/** A problem of one app, by its field's name; zod's own text is replaced where it speaks of types. */
function formatIssue(index: number, { code, path, message, ...issue }: z.core.$ZodIssue): string {
  const field = [index, ...path].join(".");
  if (code === "unrecognized_keys" && "keys" in issue) {
    return `${field} has ${issue.keys.map((key) => JSON.stringify(key)).join(" and ")}, which no app has`;
  }
  return `${field} ${path.length === 0 ? "is an object with key, kind, appId and appSecret" : message}`;
}
