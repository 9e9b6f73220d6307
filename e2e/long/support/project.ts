import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A project outside this repository, as a developer makes it who follows a README. It is in a temporary folder. */
export interface Project {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Copies from this repository, except these files. */
  copy(from: string, to: string, options?: { readonly without?: readonly string[] }): void;
  /** Runs a command that a dependency brings. @throws {Error} it failed; the message has its output */
  run(command: string, ...args: string[]): Promise<string>;
  /** Starts a server, and waits until it answers at this URL. */
  start(
    command: string,
    args: readonly string[],
    options: { url: string; env?: { readonly [name: string]: string } },
  ): Promise<RunningServer>;
  remove(): void;
}

export interface RunningServer {
  stop(): Promise<void>;
}

/** @param packages what `npm install` is given: names with versions, or the paths of tarballs */
export async function createProject(packages: readonly string[]): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  // Without what npm and pnpm tell the scripts that they run: it would name this repository.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|NODE_ENV$|VITEST)/i.test(name),
  );
  const base = { ...Object.fromEntries(inherited), CI: "1", ...noTelemetry };
  const binary = (command: string) =>
    isAbsolute(command) ? command : join(folder, "node_modules/.bin", command);
  const options = { cwd: folder, maxBuffer: 50_000_000 };
  const project: Project = {
    folder,
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    copy(from, to, { without = [] } = {}) {
      cpSync(join(root, from), join(folder, to), { recursive: true });
      for (const file of without) rmSync(join(folder, to, file));
    },
    run: (command, ...args) =>
      promisify(execFile)(binary(command), args, { ...options, env: base }).then(
        ({ stdout }) => stdout,
        ({ stdout, stderr }) => {
          throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
        },
      ),
    async start(command, args, { url, env = {} }) {
      const child = spawn(binary(command), args, {
        cwd: folder,
        env: { ...base, ...env },
        stdio: ["ignore", "ignore", "inherit"],
        detached: true, // in a process group of its own: some commands start the server as a child
      });
      const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
      const stop = async () => {
        if (child.exitCode === null && child.pid) process.kill(-child.pid);
        await exited;
      };
      const deadline = Date.now() + 120_000;
      while (!(await fetch(url, { redirect: "manual" }).catch(() => undefined))) {
        if (child.exitCode !== null || Date.now() > deadline) {
          await stop();
          throw new Error(`${command} ${args.join(" ")} does not answer at ${url}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return { stop };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  project.write("package.json", JSON.stringify({ name: "project", private: true, type: "module" }));
  // No package may run a script; none of these needs to.
  const npm = ["install", "--ignore-scripts", "--save-exact", "--no-audit", "--no-fund", ...packages];
  await promisify(execFile)("npm", npm, { ...options, env: base });
  return project;
}

const noTelemetry = { NEXT_TELEMETRY_DISABLED: "1", WRANGLER_SEND_METRICS: "false" };

/** Packs the library and the simulator as `npm run pack:packages` does. @returns the paths of the tarballs */
export async function packPackages(): Promise<{ library: string; simulator: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "scripts/pack.mjs")]);
  const [, library, simulator] = /npm install (\S+\.tgz) (\S+\.tgz)/.exec(stdout) ?? [];
  if (!library || !simulator) throw new Error(`the command printed no tarballs:\n${stdout}`);
  return { library, simulator };
}

/** The dependencies of an example, in its versions, without those of this repository. */
export function dependenciesOf(example: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, "examples", example, "package.json"), "utf8"));
  return Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => /^[\d^]/.test(version))
    .map(([name, version]) => `${name}@${version}`);
}
