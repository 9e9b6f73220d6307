import { fingerprint, listFiles, recordOf } from "./fingerprint.mjs";
import { root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";
import { listWorkspaces, readManifest } from "./workspaces.mjs";

const turboBuild = ["exec", "turbo", "run", "build", "--output-logs=errors-only"];

/**
 * Builds every workspace. Does nothing when neither the sources nor what was built from them have changed.
 *
 * @returns whether the build is complete; the output of a failed one has been printed.
 */
export async function buildIfChanged() {
  return recordOf(root, "build").matches(currentBuild()) || build();
}

/** Builds every workspace whose result is not in turbo's cache. */
export async function build() {
  const record = recordOf(root, "build");
  record.remove();
  // Read before the build: a file that is edited meanwhile makes the next start build again.
  const { sources } = currentBuild();
  console.log("Building …");
  if ((await pnpm(turboBuild, { quiet: true })) !== 0) return false;
  record.write({ ...currentBuild(), sources });
  return true;
}

/** What a build is made from, and what is built now. */
function currentBuild() {
  const built = listWorkspaces(root).filter((folder) => readManifest(root, folder).scripts?.build);
  const shared = [
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "tsconfig.base.json",
    "turbo.json",
  ];
  return {
    sources: fingerprint(root, [
      ...shared,
      ...built.flatMap((folder) => listFiles(root, folder, isNoSource)),
    ]),
    results: fingerprint(
      root,
      built.flatMap((folder) => listFiles(root, `${folder}/dist`)),
    ),
  };
}

/** Nothing that is built imports from `test`. */
const isNoSource = (name) =>
  ["node_modules", "dist", "test", "coverage", ".turbo"].includes(name) || name.endsWith(".tsbuildinfo");
