import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The files of this repository, as sorted paths relative to `root`: all that .gitignore does not exclude, whether they
 * are committed or not. It works without git, which `npm test` does not require.
 */
export function listSourceFiles(root) {
  const isIgnored = readGitignore(root);
  const listFolder = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.name === ".git" || isIgnored(path, entry.isDirectory())) return [];
        if (entry.isDirectory()) return listFolder(path);
        return entry.isFile() ? [path] : [];
      });
  return listFolder("");
}

/** Reads the forms that the root's .gitignore uses: `name`, `name/`, `/path`, and `*` within a name. */
function readGitignore(root) {
  const file = join(root, ".gitignore");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split(/\r?\n/) : [];
  const patterns = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const path = line.replace(/^\/|\/$/g, "");
      const source = path.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
      const isAnchored = line.startsWith("/") || path.includes("/");
      return {
        pattern: new RegExp(isAnchored ? `^${source}$` : `(^|/)${source}$`),
        isFolder: line.endsWith("/"),
      };
    });
  return (path, isFolder) => patterns.some((one) => (isFolder || !one.isFolder) && one.pattern.test(path));
}
