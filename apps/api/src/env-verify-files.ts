import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { WeChatApp } from "./env-apps.js";

// VERIFY_FILES: the folder of the files by which WeChat verifies who owns a domain, or JSON with their contents.

/** A file at the root of the site. Its name ends with `.txt`, as no path of this server does. */
export interface VerifyFile {
  name: string;
  content: Buffer;
}

/**
 * Any other file stops the start: it is a sign of a wrong folder, and what is in there would be served to everybody.
 * Files that begin with a dot are ignored.
 */
const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\.txt$/;
const maxBytes = 10 * 1024;

/**
 * Collects the files of VERIFY_FILES and those that an app names in `verifyFiles`.
 *
 * @returns the files; problems are added to `problems`.
 */
export function readVerifyFiles(
  setting: string | undefined,
  apps: readonly Pick<WeChatApp, "verifyFiles">[],
  problems: string[],
): VerifyFile[] {
  const files = new Map<string, Buffer>();
  for (const [name, content] of setting === undefined ? [] : givenFiles(setting, problems)) {
    const problem = problemOf(name, content);
    if (problem !== undefined) problems.push(`VERIFY_FILES: ${JSON.stringify(name.slice(0, 60))} ${problem}`);
    else files.set(name, content);
  }
  for (const name of apps.flatMap((app) => app.verifyFiles)) {
    // An Official Account's file holds what stands in its name.
    const content = Buffer.from(name.slice("MP_verify_".length, -".txt".length));
    if (files.get(name)?.equals(content) === false) {
      problems.push(
        `VERIFY_FILES: ${JSON.stringify(name)} has another content than its name in an app's verifyFiles says`,
      );
    }
    files.set(name, content);
  }
  return [...files].map(([name, content]) => ({ name, content }));
}

function problemOf(name: string, content: Buffer): string | undefined {
  if (!namePattern.test(name)) return "is not a name of letters, digits, _, - and dots that ends with .txt";
  if (content.length === 0) return "is empty";
  return content.length > maxBytes ? "is larger than 10 KB" : undefined;
}

function givenFiles(setting: string, problems: string[]): [name: string, content: Buffer][] {
  try {
    return setting.trimStart().startsWith("{") ? filesOfJson(setting) : filesOfFolder(setting);
  } catch {
    // Not the cause's own message: it quotes the setting.
    problems.push(
      'VERIFY_FILES is a folder of readable files and nothing else, or JSON such as { "WW_verify_AbCd.txt": "its content" }',
    );
    return [];
  }
}

function filesOfFolder(folder: string): [name: string, content: Buffer][] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => {
      const path = join(folder, name);
      // A file that is too large, or has another name, is refused without its content.
      const isRead = namePattern.test(name) && statSync(path).size <= maxBytes;
      return [name, isRead ? readFileSync(path) : Buffer.alloc(maxBytes + 1)];
    });
}

function filesOfJson(json: string): [name: string, content: Buffer][] {
  return Object.entries(JSON.parse(json) as object).map(([name, content]) => {
    if (typeof content !== "string") throw new TypeError("a content is not a text");
    return [name, Buffer.from(content)];
  });
}
