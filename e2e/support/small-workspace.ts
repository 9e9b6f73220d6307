import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export type Finished = { code: number | null; output: string; lines: string[] };

/** A copy of the scripts in a folder where an installation finds everything in place; `npx` and more is up to the test. */
export function smallWorkspace() {
  const folder = mkdtempSync(join(tmpdir(), "workspace-"));
  const path = (name: string) => join(folder, name);

  function write(name: string, content: string): void {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  }
  /** A shell script in the place of a program. */
  function tool(name: string, script: string): void {
    write(name, `#!/bin/sh\n${script}\n`);
    chmodSync(path(name), 0o755);
  }

  cpSync(join(root, "scripts"), path("scripts"), { recursive: true });
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  write("package.json", manifest.replace(/"devDependencies"[\s\S]*?\}/, '"devDependencies": {}'));
  write("pnpm-workspace.yaml", "packages:\n  - apps/*\n");
  write("apps/api/package.json", '{ "scripts": { "build": "tsdown" } }');
  write("packages/wechat-simulator/package.json", '{ "version": "1.2.3" }');
  for (const name of ["better-sqlite3", "better-sqlite3-13"]) {
    write(`apps/api/node_modules/${name}/package.json`, "{}");
    write(`apps/api/node_modules/${name}/index.js`, "module.exports = class { close() {} };\n");
  }

  return {
    folder,
    path,
    write,
    tool,
    has: (name: string) => existsSync(path(name)),
    read: (name: string) => readFileSync(path(name), "utf8"),
    /** Runs one of the scripts, with only these settings. */
    spawn(script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
      const programs = [path("bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
      const command = [...(env.PRELOAD ? ["--import", env.PRELOAD] : []), path(`scripts/${script}`), ...args];
      const child = spawn(process.execPath, command, {
        cwd: folder,
        env: { PATH: programs, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => {
          output += chunk;
        });
      }
      const finished = new Promise<Finished>((resolve) => {
        child.once("close", (code) => resolve({ code, output, lines: output.trim().split("\n") }));
      });
      return { child, finished, output: () => output };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type SmallWorkspace = ReturnType<typeof smallWorkspace>;
