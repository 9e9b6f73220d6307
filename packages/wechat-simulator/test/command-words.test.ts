import { Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { CommandError } from "../src/input/command-error.js";
import { readPort, startFromEnvironment, startProblem, stopOnSignal } from "../src/serve.js";
import { tlsCommand } from "../src/tls/command.js";
import { trafficCommand } from "../src/traffic/command.js";
import { ControlClient } from "../src/traffic/control-client.js";
import { startApplication } from "./traffic-application.js";

// What the commands print and refuse, word for word, without a process of their own.

let printed: string[];
let exits: unknown[];
beforeEach(() => {
  printed = [];
  exits = [];
  const print = (text: unknown) => void printed.push(String(text));
  vi.spyOn(console, "log").mockImplementation(print);
  vi.spyOn(console, "error").mockImplementation((text: unknown) => print(`error: ${text}`));
  vi.spyOn(process, "exit").mockImplementation((code) => exits.push(code) as never);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

/** The file that the package's `bin` names, run with these arguments. */
async function run(...args: string[]): Promise<string> {
  vi.resetModules();
  const before = process.argv;
  process.argv = ["node", "wechat-simulator", ...args];
  await import("../src/cli.js");
  process.argv = before;
  return printed.splice(0).join("\n");
}

/** Ports that cannot be opened, each with the error; any other is opened as a free one. */
function refuseToListen(codes: Record<number, string>): unknown[] {
  const asked: unknown[] = [];
  const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;
  vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server, ...args: unknown[]) {
    const [first] = args;
    const { port, host } =
      typeof first === "object"
        ? (first as { port: number; host?: string })
        : { port: Number(first), host: args[1] };
    asked.push([host, port]);
    const code = codes[port];
    if (code === undefined)
      return listen.call(
        this,
        ...(typeof first === "object"
          ? [{ ...(first as object), port: 0 }, ...args.slice(1)]
          : [0, ...args.slice(1)]),
      );
    process.nextTick(() => this.emit("error", Object.assign(new Error(`listen ${code}`), { code, port })));
    return this;
  } as never);
  return asked;
}

const problem = async (run: Promise<unknown>) => {
  const error = (await run.then(
    () => expect.fail("it started"),
    (error: unknown) => error,
  )) as CommandError;
  return [error.name, error.message, (error.cause as NodeJS.ErrnoException | undefined)?.code];
};

describe("the command line", () => {
  it("prints what it can do, and refuses anything else with that and exit code 1", async () => {
    const usage = await run("--help");
    expect(usage).toMatchInlineSnapshot(`
      "wechat-simulator                    starts the simulated WeChat at http://127.0.0.1:4010
      wechat-simulator tls [options]      serves it as https://api.weixin.qq.com and https://open.weixin.qq.com
      wechat-simulator traffic [options]  signs many simulated people in to an application

      Run a command with --help for its options."
    `);
    expect(await run("help")).toBe(usage);
    expect(exits).toEqual([]);
    expect(await run("sign-in")).toBe(`error: Unknown command "sign-in".\n\n${usage}`);
    expect(await run("constructor")).toBe(`error: Unknown command "constructor".\n\n${usage}`);
    expect(exits).toEqual([1, 1]);
  });

  it("prints the options of tls", async () => {
    expect(await run("tls", "--help")).toMatchInlineSnapshot(`
      "wechat-simulator tls: serves WeChat's own two addresses over HTTPS, for clients with fixed base URLs.

        --port <number>     HTTPS port on 127.0.0.1 (default 4011; names in /etc/hosts need 443)
        --proxy <number>    port of the HTTPS proxy for the two names (default 4012)
        --ca-file <path>    file for the CA certificate to trust (default: in a new temporary folder)
        --of <address>      use a running simulator, such as http://127.0.0.1:4010; otherwise one is started with the
                            same settings as \`wechat-simulator\`"
    `);
  });

  it("prints the options of traffic, also by its former name", async () => {
    const options = await run("traffic", "--help");
    expect(options).toMatchInlineSnapshot(`
      "wechat-simulator traffic: signs many simulated people in to an application, through its real sign-in.

        --at <address>      the application (default http://localhost:4000)
        --start <path>      the start of a sign-in (default /login/wechat)
        --people <number>   the number of people (default 100)
        --rate <number>     sign-ins started per second (default 10)
        --mix <parts>       parts of each scenario (default new=50,returning=15,desktop=15,refuses=5,expires=3,used=3,slow=3,
                            snapshot=3,double=3)
        --seed <text>       determines people, order and scenarios (default: a new one for each run)
        --slow-ms <number>  WeChat's delay in the scenario slow (default 2000)
        --button <start>    follow a link on the application's page that starts with this (default /login/wechat/profile)
        --wechat <address>  the simulator, if the application redirects to https://open.weixin.qq.com
        --demo              run a fixed list of sign-ins with different results instead, one after the other"
    `);
    expect(await run("crowd", "--help")).toBe(options);
  });

  it("prints an unknown option with those that there are", async () => {
    const options = await run("tls", "--help");
    const refused = await run("tls", "--prot", "1");
    // What Node says of the option differs between its versions.
    expect(refused).toMatch(/^error: Unknown option '--prot'/);
    expect(refused.slice(-options.length - 2)).toBe(`\n\n${options}`);
    expect(exits).toEqual([1]);
  });
});

describe("the address of the simulator", () => {
  it("is port 4010 of this machine alone, unless SIMULATOR_PORT says otherwise", async () => {
    const asked = refuseToListen({ 4010: "EADDRINUSE", 80: "EACCES", 81: "EINVAL" });
    expect(await problem(startFromEnvironment({}))).toEqual([
      "CommandError",
      "Port 4010 is in use: stop what listens there, or set SIMULATOR_PORT.",
      "EADDRINUSE",
    ]);
    expect(await problem(startFromEnvironment({ SIMULATOR_PORT: "80" }))).toEqual([
      "CommandError",
      "Listening on port 80 is not permitted here: set SIMULATOR_PORT to a port above 1023.",
      "EACCES",
    ]);
    expect(await problem(startFromEnvironment({ SIMULATOR_PORT: "81" }))).toEqual([
      "CommandError",
      "The simulator could not start: listen EINVAL",
      "EINVAL",
    ]);
    expect(asked).toEqual([
      ["127.0.0.1", 4010],
      ["127.0.0.1", 80],
      ["127.0.0.1", 81],
    ]);
  });

  it("has a port from 0 to 65535", () => {
    expect(["0", "1", "65535"].map((port) => readPort(port, "--port"))).toEqual([0, 1, 65_535]);
    for (const wrong of ["", " 1", "-1", "1.5", "65536", "0x10", "x"]) {
      expect(() => readPort(wrong, "--port"), wrong).toThrow(
        new CommandError("--port must be a port number from 0 to 65535."),
      );
    }
  });

  it("is explained without a port as well", () => {
    const error = startProblem("odd", "HTTPS", []);
    expect([error.message, error.cause]).toEqual(["HTTPS could not start: odd", "odd"]);
    const ports = [
      { port: 1, setting: "--port" },
      { port: 2, setting: "--proxy" },
    ];
    expect(startProblem({ code: "EADDRINUSE" }, "HTTPS", ports).message).toBe(
      "Port 1 is in use: stop what listens there, or set --port.",
    );
  });

  it("has brackets around an IPv6 address", async () => {
    const listen = Server.prototype.listen as (this: Server, options: object, ...rest: unknown[]) => Server;
    vi.spyOn(Server.prototype, "listen").mockImplementation(function (
      this: Server,
      options: object,
      ...rest: unknown[]
    ) {
      return listen.call(this, { ...options, host: "127.0.0.1" }, ...rest); // not every machine has IPv6
    } as never);
    const simulator = await startSimulator({ host: "::1" });
    expect(simulator.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await simulator.close();
  });
});

describe("wechat-simulator tls", () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator();
  });
  afterEach(() => simulator.close());

  it("listens on the ports 4011 and 4012 of this machine, and names the option of one that is taken", async () => {
    const asked = refuseToListen({ 4012: "EADDRINUSE", 443: "EACCES" });
    expect(await problem(tlsCommand(["--of", simulator.url]))).toEqual([
      "CommandError",
      "Port 4012 is in use: stop what listens there, or set --proxy.",
      "EADDRINUSE",
    ]);
    expect(await problem(tlsCommand(["--of", simulator.url, "--port", "443"]))).toEqual([
      "CommandError",
      "Listening on port 443 is not permitted here: set --port to a port above 1023.",
      "EACCES",
    ]);
    expect(asked).toEqual([
      ["127.0.0.1", 4011],
      ["127.0.0.1", 4012],
      ["127.0.0.1", 443],
    ]);
  });

  it.each([
    [["--of", "127.0.0.1:4010"], "--of must be the address of a simulator, such as http://127.0.0.1:4010."],
    [
      ["--of", "https://127.0.0.1"],
      "--of must be the address of a simulator, such as http://127.0.0.1:4010.",
    ],
    [["--of", "http://127.0.0.1:1/path"], "No simulator responds at http://127.0.0.1:1."],
    [["--port", "x"], "--port must be a port number from 0 to 65535."],
    [["--proxy", "65536"], "--proxy must be a port number from 0 to 65535."],
  ])("says what is wrong with its options: %j", async (args, message) => {
    expect((await problem(tlsCommand(args)))[1]).toBe(message);
  });
});

describe("wechat-simulator traffic", () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator();
  });
  afterEach(() => simulator.close());

  it("says what is wrong with the application", async () => {
    const application = await startApplication(simulator);
    const real = await startApplication(simulator, "https://open.weixin.qq.com");
    const at = (url: string, ...more: string[]) =>
      problem(trafficCommand(["--at", url, ...more])).then(([, message]) => message);
    expect(await at(application.url, "--start", "/nowhere")).toBe(
      `${application.url}/nowhere answers HTTP 404 and does not redirect to WeChat: set --start to the path that does.`,
    );
    expect(await at(real.url)).toBe(
      `${real.url}/login/wechat redirects to https://open.weixin.qq.com. If that is a simulator on this machine, pass its address with --wechat http://127.0.0.1:4010; traffic must not go to the real WeChat.`,
    );
    expect(await at(real.url, "--wechat", application.url)).toBe(
      `${real.url}/login/wechat redirects to ${application.url}, which is not a simulator.`,
    );
    await application.close();
    expect(await at(application.url)).toBe(
      `No response from ${application.url}: start the application first.`,
    );
    await real.close();
  });

  it("says which command the simulator refused, and why", async () => {
    const client = new ControlClient(new URL(simulator.url));
    await expect(client.updatePerson("bob", {})).rejects.toThrow(
      /^the simulator refused PATCH \/_simulator\/people\/bob: .*no person has the id bob/,
    );
    await expect(client.failNextCall("auth", { kind: "x" } as never)).rejects.toThrow(
      /^the simulator refused POST \/_simulator\/faults: .*kind must be one of/,
    );
    await client.failNextCall("auth", { kind: "http_502" });
    expect(simulator.state().faults).toEqual([
      { endpoint: "auth", fault: { kind: "http_502" }, remaining: 1 },
    ]);
  });

  it("updates one line on a terminal, and ends with the table", async () => {
    const application = await startApplication(simulator);
    const on = vi.spyOn(process, "on").mockImplementation(() => process);
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    await trafficCommand(["--at", application.url, "--people", "2", "--rate", "1000", "--mix", "new=1"]);
    process.stdout.isTTY = isTTY;
    await application.close();
    expect(on.mock.calls.map(([signal]) => signal)).toEqual(["SIGINT", "SIGTERM"]);
    const clearLine = "\r\u001B[K";
    expect(written.at(-2)?.slice(0, clearLine.length)).toBe(clearLine);
    expect(written.at(-2)?.slice(clearLine.length)).toMatch(
      /^2\/2 finished · 0 in progress · 2 signed in · \d+\.\d\/s$/,
    );
    expect(written.at(-1)).toBe("\n");
    expect(printed[0]).toMatch(
      /^2 people, 1000 per second, through http:\/\/\S+\/login\/wechat \(--seed [0-9a-f]{8}\)$/,
    );
    expect(printed[1]).toMatch(
      /^\nscenario {2}result {5}people {2}p50 ms {2}p95 ms {2}p99 ms\nnew {7}signed in {7}2 /,
    );
    expect(printed).toHaveLength(2);
    expect([process.exitCode, exits]).toEqual([undefined, []]);
  });
});

describe("a signal", () => {
  it("ends the process once, after everything is closed", async () => {
    const on = vi.spyOn(process, "on").mockImplementation(() => process);
    const close = vi.fn(async () => void exits.push("closed"));
    stopOnSignal(close);
    expect(on.mock.calls.map(([signal]) => signal)).toEqual(["SIGINT", "SIGTERM"]);
    for (const [, handle] of [...on.mock.calls, ...on.mock.calls]) (handle as () => void)();
    await vi.waitFor(() => expect(exits).toEqual(["closed", 0]));
    expect(close).toHaveBeenCalledTimes(1);
  });
});
