import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
/** The path of `tsx`, independent of the working directory. */
const packageRoot = fileURLToPath(new URL("..", import.meta.url));
const running: ChildProcess[] = [];

function run(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", CLI], {
    cwd: packageRoot,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

async function firstOutput(child: ChildProcess, stream: "stdout" | "stderr"): Promise<string> {
  const [chunk] = (await once(child[stream] as NodeJS.ReadableStream, "data")) as [Buffer];
  return chunk.toString();
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

describe("the command wechat-simulator", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "prints one line when ready and stops at once on %s",
    async (signal) => {
      const child = run({ SIMULATOR_PORT: "0", SIMULATOR_CALLBACK_HOST: "one.example, two.example:81" });
      const line = await firstOutput(child, "stdout");
      expect(line).toMatch(/^WeChat simulator ready at http:\/\/127\.0\.0\.1:\d+\n$/);
      const url = line.trim().split(" ").at(-1) ?? "";
      const state = (await (await fetch(`${url}/_simulator/state`)).json()) as {
        apps: { callbackHosts: string[] }[];
      };
      expect(state.apps[0]?.callbackHosts).toEqual(["one.example", "two.example:81"]);
      child.kill(signal);
      expect((await once(child, "exit"))[0]).toBe(0);
    },
    20_000,
  );

  it("reads its apps from SIMULATOR_APPS", async () => {
    const app = { appId: "wx0123456789abcdef", appSecret: "0".repeat(32), kind: "website", name: "Shop" };
    const child = run({ SIMULATOR_PORT: "0", SIMULATOR_APPS: JSON.stringify([app]) });
    const url = (await firstOutput(child, "stdout")).trim().split(" ").at(-1) ?? "";
    const state = (await (await fetch(`${url}/_simulator/state`)).json()) as { apps: { name: string }[] };
    expect(state.apps.map(({ name }) => name)).toEqual(["Shop"]);
  }, 20_000);

  it("reports a mistake in SIMULATOR_APPS in one line without a secret", async () => {
    const secret = "s3cr3t".repeat(6);
    const child = run({ SIMULATOR_PORT: "0", SIMULATOR_APPS: JSON.stringify([{ appSecret: secret }]) });
    expect(await firstOutput(child, "stderr")).toBe(
      "The simulator could not start: SIMULATOR_APPS[0].appId is missing\n",
    );
    expect((await once(child, "exit"))[0]).toBe(1);
  }, 20_000);

  it("reports in one line that its port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const child = run({ SIMULATOR_PORT: String(port) });
    expect(await firstOutput(child, "stderr")).toBe(
      `Port ${port} is in use: stop what listens there, or set SIMULATOR_PORT.\n`,
    );
    expect((await once(child, "exit"))[0]).toBe(1);
    other.close();
  }, 20_000);
});
