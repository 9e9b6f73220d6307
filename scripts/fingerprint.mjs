import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A hash of the paths and contents of these files, and of `facts`. Contents rather than times, because a checkout,
 * a copy or a restored backup changes times alone. A missing file counts as a content of its own.
 */
export function fingerprint(root, files, facts = []) {
  const hash = createHash("sha256").update(JSON.stringify(facts));
  for (const file of files) {
    const content = readIfExists(join(root, file));
    // The length keeps one file's end and the next one's beginning apart.
    hash.update(`\n${file} ${content ? content.length : "missing"}\n`);
    if (content) hash.update(content);
  }
  return hash.digest("hex");
}

/** All files below a folder, as paths relative to `root`, sorted; none where the folder is missing. */
export function listFiles(root, folder, isIgnored = () => false) {
  return readFolder(join(root, folder))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (isIgnored(entry.name)) return [];
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, path, isIgnored) : [path];
    });
}

/**
 * What the last run of a step recorded about itself. Kept in node_modules, so that it goes with it, and removed
 * while the step runs, so that an interrupted run leaves no record.
 */
export function recordOf(root, step) {
  const path = join(root, "node_modules/.cache/wechat-login", `${step}.json`);
  return {
    exists: () => existsSync(path),
    matches(current) {
      return readIfExists(path)?.toString() === JSON.stringify(current);
    },
    write(current) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(current));
    },
    remove() {
      rmSync(path, { force: true });
    },
  };
}

function readIfExists(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

function readFolder(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}
