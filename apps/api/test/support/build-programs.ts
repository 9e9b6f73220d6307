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
  built ??= build({
    ...(config as InlineConfig),
    config: false,
    cwd: apiFolder,
    outDir: builtFolder,
    // Another run may be starting processes from it.
    clean: false,
    hash: false,
    logLevel: "warn",
    // A process that loads a few files starts in half the time of one that loads those of all its packages.
    unbundle: false,
    deps: { alwaysBundle: [/.*/], neverBundle: [/^better-sqlite3$/, /^pg-native$/, /^@opentelemetry\//] },
    plugins: [keepAddresses],
    // With the sources of the library, so that a run needs no build of it.
    inputOptions: { resolve: { conditionNames: ["dev-source", "node"] } },
  });
  await built;
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
