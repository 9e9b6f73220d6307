import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";
import { afterAll } from "vitest";
import config from "../tsdown.config.js";

const root: string = fileURLToPath(new URL("..", import.meta.url));

interface Manifest {
  name: string;
  exports: Record<string, string | Record<string, string>>;
  publishConfig: Pick<Manifest, "exports">;
}

/**
 * The package as it would be published, built from the sources into a temporary folder that is removed after the test
 * file: `dist/`, the READMEs, and package.json with `publishConfig` applied, as pnpm packs it.
 */
export async function buildPackage(): Promise<{ folder: string; name: string; entries: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "wechat-oauth-"));
  afterAll(() => rm(folder, { recursive: true }));
  await build({ ...config, config: false, cwd: root, outDir: join(folder, "dist"), logLevel: "error" });

  const manifest: Manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  Object.assign(manifest, manifest.publishConfig);
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  for (const readme of ["README.md", "README.zh-CN.md"]) await cp(join(root, readme), join(folder, readme));
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
  return { folder, name: manifest.name, entries };
}
