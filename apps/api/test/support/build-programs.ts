import { fileURLToPath } from "node:url";
import { build } from "tsdown";

/** Of the api, where the built programs are as far from migrations and pages as their sources. */
export const builtFolder = fileURLToPath(new URL("../../dist-test", import.meta.url));

let built: Promise<unknown> | undefined;

/** Builds what tests start as processes of their own, once for a run: started from the sources, each compiles them anew. */
export default async function buildPrograms(): Promise<void> {
  built ??= build({
    outDir: builtFolder,
    // Another run may be starting processes from it.
    clean: false,
    logLevel: "warn",
    // With the sources of the library, so that a run needs no build of it.
    deps: { alwaysBundle: [/^wechat-oauth/] },
    inputOptions: { resolve: { conditionNames: ["dev-source", "import", "node", "default"] } },
  });
  await built;
}
