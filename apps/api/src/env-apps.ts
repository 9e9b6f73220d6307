import { existsSync, readFileSync } from "node:fs";
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
  /** Names of the MP_verify files that WeChat's console gave for this app. */
  verifyFiles: readonly string[];
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
  },
  {
    key: "web",
    kind: "website",
    appId: "wx51a0b1c2d3e4f502",
    appSecret: "5d0c1a7e0000000000000000000000b2",
    group: "demo",
    profile: "ask",
  },
] as const;

const appShape = z.strictObject({
  key: z.string().regex(/^[a-z0-9_-]{1,32}$/, "use 1 to 32 of a-z, 0-9, _ and -"),
  kind: z.enum(["official_account", "website"]),
  appId: z
    .string()
    .regex(/^wx[0-9a-zA-Z]{16}$/, "looks like wx and 16 letters or digits; check for blanks and quotes"),
  appSecret: z.string().regex(/^[0-9a-zA-Z]{32}$/, "is 32 letters and digits; check for blanks and quotes"),
  group: z.string().min(1).max(64).optional(),
  profile: z.enum(["none", "ask"]).default("ask"),
  verifyFiles: z
    .array(
      z.string().regex(/^MP_verify_[A-Za-z0-9]{16}\.txt$/, "is a name like MP_verify_AbCdEfGh01234567.txt"),
    )
    .default([]),
});

/** @returns the configured apps; problems are added to `problems`, by name and never by value. */
export function readApps(setting: string | undefined, problems: string[]): WeChatApp[] {
  if (setting === undefined) return simulatedApps.map((app) => ({ ...app, verifyFiles: [] }));
  let json: unknown;
  try {
    const text = setting.trimStart().startsWith("[") ? setting : readAppsFile(setting);
    json = JSON.parse(text);
  } catch (error) {
    // Not the parser's own message: it quotes the text, secrets included.
    const missing = error instanceof Error && "code" in error;
    problems.push(
      missing
        ? "WECHAT_APPS names a file that cannot be read"
        : "WECHAT_APPS is not JSON: expected an array of apps",
    );
    return [];
  }
  const parsed = z.array(appShape).min(1, "names no app").safeParse(json);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `WECHAT_APPS ${formatIssue(issue)}`));
    return [];
  }
  for (const field of ["key", "appId"] as const) {
    if (new Set(parsed.data.map((app) => app[field])).size < parsed.data.length) {
      problems.push(`WECHAT_APPS: two apps have the same ${field}`);
    }
  }
  return parsed.data;
}

function readAppsFile(path: string): string {
  if (!existsSync(path)) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return readFileSync(path, "utf8");
}

/** A problem by the setting's name; zod's own text never repeats the value. */
export function formatIssue(issue: { path: PropertyKey[]; message: string }): string {
  return `${issue.path.join(".")}: ${issue.message}`;
}
