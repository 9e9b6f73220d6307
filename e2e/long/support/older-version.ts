import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** The migrations of today, oldest first: `0009_console_at_size`. */
export const migrations = readdirSync(join(root, "apps/api/migrations/sqlite"))
  .filter((name) => name.endsWith(".sql"))
  .map((name) => name.slice(0, -".sql".length))
  .sort();

/** The last commit of the version before this migration; undefined where the checkout's history does not reach back so far. */
export function commitBefore(migration: string): string | undefined {
  try {
    const file = `apps/api/migrations/sqlite/${migration}.sql`;
    const [added] = git("log", "--first-parent", "-m", "--diff-filter=A", "--format=%H", "--", file).split(
      "\n",
    );
    return added ? git("rev-parse", `${added}^1`) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a version had this file: undefined commits have none. */
export function hasFile(commit: string | undefined, path: string): boolean {
  return commit !== undefined && git("ls-tree", "--name-only", commit, path) === path;
}

/** Builds the server of a commit and its sign-in pages, with its own dependencies, in a new folder. @returns where its programs are */
export function buildServerOf(commit: string, folder: string): string {
  mkdirSync(folder);
  const archive = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 1e9 });
  execFileSync("tar", ["x", "-C", folder], { input: archive });
  const pnpm = (...args: string[]) =>
    execFileSync("npx", ["--yes", "pnpm@10.34.8", ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  pnpm("install", "--frozen-lockfile", "--prefer-offline", "--filter", "api...", "--filter", "login...");
  pnpm("exec", "turbo", "run", "build", "--filter", "api", "--filter", "login");
  return join(folder, "apps/api/dist");
}
