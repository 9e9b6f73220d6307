import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { build } from "tsdown";
import { describe, expect, it } from "vitest";
import * as core from "../src/index.js";
import { buildPackage } from "./built-package.js";

const { folder, entries } = await buildPackage();

describe("the package as it would be published", () => {
  it("passes publint without warnings or suggestions", async () => {
    const { messages } = await publint({ pkgDir: folder, strict: true, pack: "npm" });
    expect(messages).toEqual([]);
  });

  it("has types that match its code in every ES module resolution", async () => {
    const attw = fileURLToPath(new URL("../node_modules/.bin/attw", import.meta.url));
    // It exits with 1 on a problem, and the promise is rejected with its output.
    const { stdout } = await promisify(execFile)(
      attw,
      ["--pack", ".", "--profile", "esm-only", "--format", "json"],
      { cwd: folder, maxBuffer: 10_000_000 },
    );
    const { analysis } = JSON.parse(stdout);
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(entries));
  }, 120_000);

  it.each(entries)(
    "imports only its own files, and Node's modules only in the entry for Node: %s",
    async (entry) => {
      const name = entry === "." ? "index" : entry.slice("./".length);
      const { imports, dynamicImports } = await bundle(`export * from "./dist/${name}.js";`);
      const foreign = entry === "./node" ? ["node:http", "node:https"] : [];
      expect([...imports, ...dynamicImports].sort()).toEqual(foreign);
    },
  );
});

describe("the minified and gzipped size", () => {
  it.each([
    ["all exports", Object.keys(core), 8192],
    [
      "signing in inside WeChat",
      ["WeChatOAuthClient", "officialAccountAuthorizeUrl", "createState", "readCallback"],
      7168,
    ],
    ["readUserAgent alone", ["readUserAgent"], 640],
    ["signJsSdk alone", ["signJsSdk"], 640],
  ])("stays within its bound for %s", async (_, names, bound) => {
    const { code } = await bundle(`export { ${names.join(", ")} } from "./dist/index.js";`);
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(bound);
  });

  it("stays within its bound for the core together with the token keeper", async () => {
    const { code } = await bundle(`export * from "./dist/index.js"; export * from "./dist/keeper.js";`);
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(11_776);
  });
});

/** What a bundler keeps of the built package for an application that uses these exports. */
async function bundle(entry: string): Promise<{ code: string; imports: string[]; dynamicImports: string[] }> {
  await writeFile(join(folder, "entry.js"), entry);
  const [bundled] = await build({
    config: false,
    cwd: folder,
    entry: "entry.js",
    outDir: join(folder, "bundled"),
    platform: "neutral",
    minify: true,
    dts: false,
    write: false,
    logLevel: "error",
  });
  const [chunk, ...more] = bundled?.chunks ?? [];
  if (chunk?.type !== "chunk" || more.length > 0) throw new Error("the bundler did not write one file");
  return chunk;
}
