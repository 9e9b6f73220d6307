import { fileURLToPath } from "node:url";
import { build, type InlineConfig } from "tsdown";
import config from "../../tsdown.config.js";
import { builtFolder } from "./built-folder.js";

let built: Promise<unknown> | undefined;

/** Builds what tests start as processes of their own, once for a run: started from the sources, each compiles them anew. */
export default async function buildPrograms(): Promise<void> {
  built ??= build({
    ...(config as InlineConfig),
    config: false,
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    outDir: builtFolder,
    // Another run may be starting processes from it.
    clean: false,
    logLevel: "warn",
    // With the sources of the library, so that a run needs no build of it.
    deps: { alwaysBundle: [/^@wechat-login\/oauth/] },
    inputOptions: { resolve: { conditionNames: ["dev-source", "import", "node", "default"] } },
  });
  await built;
}
