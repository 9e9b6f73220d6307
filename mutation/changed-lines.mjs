import { spawnSync } from "node:child_process";

/**
 * The lines of each file that differ from a commit, uncommitted changes included, by their numbers now.
 *
 * @param {string} commit
 * @returns {Map<string, [first: number, last: number][]>} by the file's path from the root
 * @throws {Error} git does not know the commit
 */
export function changedLines(commit) {
  const base = git("merge-base", commit, "HEAD").trim();
  const changed = new Map();
  let file;
  for (const line of git("diff", "--unified=0", "--no-color", base).split("\n")) {
    const path = /^\+\+\+ b\/(.*)$/.exec(line)?.[1];
    if (path !== undefined) file = path;
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk || file === undefined) continue;
    const [first, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
    if (count > 0) changed.set(file, [...(changed.get(file) ?? []), [first, first + count - 1]]);
  }
  for (const path of git("ls-files", "--others", "--exclude-standard").split("\n").filter(Boolean)) {
    changed.set(path, [[1, Number.MAX_SAFE_INTEGER]]);
  }
  return changed;
}

function git(...args) {
  const { status, stdout, stderr } = spawnSync("git", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}
