import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

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

describe("the settings that the commands share", () => {
  // A root folder of its own, because this checkout may have an .env file.
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  beforeAll(() => {
    cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
    cpSync(join(root, "package.json"), join(folder, "package.json"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What `readSystem` returns or prints for each of these environments, in one process. */
  function read(environments: Record<string, string>[]): unknown[] {
    const code = `
      import { readSystem } from ${JSON.stringify(join(folder, "scripts/settings.mjs"))};
      const printed = [];
      console.error = (line) => printed.push(line);
      const results = ${JSON.stringify(environments)}.map((env) => {
        for (const name of Object.keys(process.env)) delete process.env[name];
        Object.assign(process.env, { WECHAT_APPS: "" }, env);
        const { env: passedOn, ...system } = readSystem() ?? {};
        return printed.length > 0 ? printed.splice(0) : { ...system, env: passedOn };
      });
      console.log(JSON.stringify(results));`;
    const args = ["--input-type=module", "--eval", code];
    return JSON.parse(execFileSync(process.execPath, args, { env: {}, encoding: "utf8" }));
  }
  const loginAt = (host: string, port: string) => ({
    host,
    port,
    setting: "PORT",
    service: "the login service",
  });

  it("are complete without any setting: both processes on this machine, with the simulated WeChat", () => {
    expect(read([{}])).toEqual([
      {
        publicUrl: "http://localhost:4000",
        simulated: true,
        ownWeChatUrls: false,
        simulatorUrl: "http://127.0.0.1:4010",
        dataDir: join(folder, "data"),
        localUrl: "http://127.0.0.1:4000",
        listeners: [
          loginAt("127.0.0.1", "4000"),
          { host: "127.0.0.1", port: "4010", setting: "SIMULATOR_PORT", service: "the simulated WeChat" },
        ],
        env: {
          WECHAT_APPS: "",
          PORT: "4000",
          DATA_DIR: join(folder, "data"),
          PUBLIC_URL: "http://localhost:4000",
          SIMULATOR_PORT: "4010",
          SIMULATOR_CALLBACK_HOST: "localhost:4000",
          WECHAT_OPEN_URL: "http://127.0.0.1:4010",
          WECHAT_API_URL: "http://127.0.0.1:4010",
        },
      },
    ]);
  });

  it("with apps of one's own have no simulator, and paths that count from the root of the repository", () => {
    const env = {
      WECHAT_APPS: "apps.json",
      PORT: "80",
      HOST: " ::1 ",
      PUBLIC_URL: "https://login.example.com/",
      DATA_DIR: "/srv/login",
      SECRET_KEYS_FILE: "/run/secrets/keys",
      ADMIN_PASSWORD_FILE: "password.txt",
      SIMULATOR_PORT: "nonsense that is not used",
      LOG_LEVEL: "warn",
    };
    expect(read([env])).toEqual([
      {
        publicUrl: "https://login.example.com",
        simulated: false,
        ownWeChatUrls: false,
        simulatorUrl: expect.any(String),
        dataDir: "/srv/login",
        localUrl: "http://[::1]:80",
        listeners: [loginAt("::1", "80")],
        env: {
          ...env,
          PUBLIC_URL: "https://login.example.com",
          WECHAT_APPS: join(folder, "apps.json"),
          ADMIN_PASSWORD_FILE: join(folder, "password.txt"),
        },
      },
    ]);
  });

  it.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "127.0.0.1"],
    ["192.0.2.7", "192.0.2.7"],
    ["", "127.0.0.1"],
  ])("with HOST=%s lead these commands to %s", (HOST, host) => {
    expect(read([{ HOST }])).toMatchObject([{ localUrl: `http://${host}:4000` }]);
  });

  it("name another WeChat only if both of its addresses are set", () => {
    const open = { WECHAT_OPEN_URL: "http://wechat.test" };
    const api = { WECHAT_API_URL: "http://api.wechat.test" };
    expect(read([open, api, { ...open, ...api }])).toMatchObject([
      { ownWeChatUrls: false, env: { ...open, WECHAT_API_URL: "http://127.0.0.1:4010" } },
      { ownWeChatUrls: false, env: { ...api, WECHAT_OPEN_URL: "http://127.0.0.1:4010" } },
      { ownWeChatUrls: true, env: { ...open, ...api } },
    ]);
  });

  it("that are wrong are all named, each in one line, without their values", () => {
    const noPort = (name: string) => `${name} is not a port number from 1 to 65535.`;
    const noAddress = "PUBLIC_URL is not an address such as https://login.example.com.";
    const ok = (port: string) =>
      expect.objectContaining({ listeners: expect.arrayContaining([loginAt("127.0.0.1", port)]) });
    expect(
      read([
        { PORT: "0" },
        { PORT: "1" },
        { PORT: "65535" },
        { PORT: "65536" },
        { PORT: "80a" },
        { SIMULATOR_PORT: "-1" },
        { PUBLIC_URL: "login.example.com" },
        { PUBLIC_URL: "ftp://login.example.com" },
        { PORT: "x", SIMULATOR_PORT: "y", PUBLIC_URL: "z" },
      ]),
    ).toEqual([
      [noPort("PORT")],
      ok("1"),
      ok("65535"),
      [noPort("PORT")],
      [noPort("PORT")],
      [noPort("SIMULATOR_PORT")],
      [noAddress],
      [noAddress],
      [noPort("PORT"), noPort("SIMULATOR_PORT"), noAddress],
    ]);
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

describe.each(["SIMULATOR_APPS", "VERIFY_FILES"])("%s", (name) => {
  it("is a path that counts from the root of the repository, or JSON", () => {
    expect(environment({ [name]: "apps.json" })[name]).toBe(join(root, "apps.json"));
    expect(environment({ [name]: ' [{"a":1}]' })[name]).toBe(' [{"a":1}]');
  });
});
