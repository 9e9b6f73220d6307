import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const script = join(root, "scripts/settings.mjs");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** The environment that the commands give to the server and the simulator. */
function environment(settings: Record<string, string>): Record<string, string> {
  const code = `import { readSystem } from ${JSON.stringify(script)}; console.log(JSON.stringify(readSystem().env))`;
  // Only these settings: an .env file of this checkout does not override what is set, even to an empty string.
  const env = { PATH: process.env.PATH, WECHAT_APPS: "", SIMULATOR_CALLBACK_HOST: "", ...settings };
  const args = ["--input-type=module", "--eval", code];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
}

describe("SIMULATOR_CALLBACK_HOST", () => {
  it("is the host of PUBLIC_URL by default", () => {
    const env = environment({ PORT: "4321", PUBLIC_URL: "http://login.localhost:4321" });
    expect(env.SIMULATOR_CALLBACK_HOST).toBe("login.localhost:4321");
  });

  it("is taken as it is set", () => {
    const env = environment({ PORT: "4321", SIMULATOR_CALLBACK_HOST: "localhost:4321,localhost:5000" });
    expect(env.SIMULATOR_CALLBACK_HOST).toBe("localhost:4321,localhost:5000");
  });
});

/** The environment of a workspace's server after its `dev` script, which turbo runs, has loaded its preloads. */
function environmentOfDev(workspace: string, settings: Record<string, string>): Record<string, string> {
  const { scripts } = JSON.parse(read(`${workspace}/package.json`)) as { scripts: { dev: string } };
  const preloads = [...scripts.dev.matchAll(/--import[ =](\.\S+)/g)].flatMap(([, file = ""]) => [
    "--import",
    file,
  ]);
  const args = [...preloads, "--eval", "console.log(JSON.stringify(process.env))"];
  const env = { PATH: process.env.PATH, WECHAT_APPS: "", SIMULATOR_CALLBACK_HOST: "", ...settings };
  const cwd = join(root, workspace);
  return JSON.parse(execFileSync(process.execPath, args, { cwd, env, encoding: "utf8" }));
}

describe("a server that `pnpm turbo dev` runs", () => {
  it.each(["apps/api", "packages/wechat-simulator"])(
    "reads the settings of `npm start` by the same code: %s",
    (workspace) => {
      const settings = { SIMULATOR_PORT: "4610", PORT: "4600", DATA_DIR: "elsewhere" };
      const expected = environment(settings);
      expect(expected).toMatchObject({
        WECHAT_OPEN_URL: "http://127.0.0.1:4610",
        WECHAT_API_URL: "http://127.0.0.1:4610",
        SIMULATOR_CALLBACK_HOST: "localhost:4600",
      });
      expect(environmentOfDev(workspace, settings)).toMatchObject(expected);
    },
  );

  it("gets every setting of README's table, which turbo would remove otherwise", () => {
    const { globalPassThroughEnv } = JSON.parse(read("turbo.json")) as { globalPassThroughEnv: string[] };
    const settings = ["README.md", "packages/wechat-simulator/README.md"].flatMap((file) =>
      [...read(file).matchAll(/^\| (`[A-Z][A-Z_`, ]+) +\|/gm)].flatMap(
        ([, cell = ""]) => cell.match(/[A-Z_]+/g) ?? [],
      ),
    );
    expect(settings).toEqual(expect.arrayContaining(["ADMIN_PASSWORD", "SIMULATOR_PORT", "SIMULATOR_APPS"]));
    expect(settings.filter((name) => !globalPassThroughEnv.includes(name))).toEqual([]);
  });
});

describe("SIMULATOR_APPS", () => {
  it("is a path that counts from the root of the repository, or JSON", () => {
    expect(environment({ SIMULATOR_APPS: "apps.json" }).SIMULATOR_APPS).toBe(join(root, "apps.json"));
    expect(environment({ SIMULATOR_APPS: ' [{"a":1}]' }).SIMULATOR_APPS).toBe(' [{"a":1}]');
  });
});
