import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The workspaces that pnpm-workspace.yaml names, as paths relative to `root`, sorted. It reads the two forms that
 * the file uses, `folder` and `folder/*`, because no YAML parser is installed yet when it is called.
 */
export function listWorkspaces(root) {
  const yaml = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const list = /^packages:\n((?: +- .*\n)+)/m.exec(yaml.replaceAll("\r\n", "\n"))?.[1] ?? "";
  const patterns = list.split("\n").flatMap((line) => /^ +- ["']?([^"']+)["']?$/.exec(line)?.[1] ?? []);
  return patterns
    .flatMap((pattern) => (pattern.endsWith("/*") ? childFolders(root, pattern.slice(0, -2)) : [pattern]))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .sort();
}

export const readManifest = (root, folder) =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

function childFolders(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}
