import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type InlineConfig } from "tsdown";
import config from "../../tsdown.config.js";
import { builtFolder } from "./built-folder.js";

const apiFolder = fileURLToPath(new URL("../..", import.meta.url));
const sources = join(apiFolder, "src");

let built: Promise<unknown> | undefined;

/** Builds what tests start as processes of their own, once for a run: started from the sources, each compiles them anew. */
export default async function buildPrograms(): Promise<void> {
  built ??= buildBeside(`${builtFolder}/${process.pid}.tmp`);
  await built;
}

/** Another run may be starting processes from the same files: each is replaced when its new content is complete. */
async function buildBeside(folder: string): Promise<void> {
  try {
    await buildInto(folder);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
      const target = join(builtFolder, relative(folder, parentPath));
      mkdirSync(target, { recursive: true });
      renameSync(join(parentPath, name), join(target, name));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildInto(folder: string): Promise<void> {
  await build({
    ...(config as InlineConfig),
    config: false,
    cwd: apiFolder,
    outDir: folder,
    hash: false,
    logLevel: "warn",
    // A process that loads a few files starts in half the time of one that loads those of all its packages.
    unbundle: false,
    deps: { alwaysBundle: [/.*/], neverBundle: [/^better-sqlite3$/, /^pg-native$/, /^@opentelemetry\//] },
    plugins: [keepAddresses],
    // With the sources of the library, so that a run needs no build of it.
    inputOptions: { resolve: { conditionNames: ["dev-source", "node"] } },
  });
}

/** Migrations, pages and threads are found from the file that names them, wherever its code is bundled. */
const keepAddresses = {
  name: "addresses of the files before they are bundled",
  transform(code: string, id: string) {
    if (!id.startsWith(sources)) return undefined;
    const { href } = pathToFileURL(join(builtFolder, relative(sources, id)));
    return code.replaceAll("import.meta.url", JSON.stringify(href));
  },
};
