import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startSimulator } from "../src/index.js";
import { COMMAND_FOLDER, type Command, runCommand } from "./command.js";

const running: Command[] = [];

function tls(args: string[]): Command {
  const command = runCommand(["tls", ...args], { SIMULATOR_PORT: "0" });
  running.push(command);
  return command;
}

afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill(); // SIGTERM, so that it removes its file
    await ended;
  }
});

const ANY_PORTS = ["--port", "0", "--proxy", "0"];

describe("wechat-simulator tls", { timeout: 30_000 }, () => {
  it("prints its addresses and the settings for programs, and removes its file on Ctrl-C", async () => {
    const command = tls(ANY_PORTS);
    await command.says(/127\.0\.0\.1 open\.weixin\.qq\.com\n/);
    expect(command.said()).toMatch(
      /^WeChat simulator ready at http:\/\/127\.0\.0\.1:\d+ and, over HTTPS, at https:\/\/127\.0\.0\.1:\d+\n/,
    );
    const [, file = ""] = await command.says(/NODE_EXTRA_CA_CERTS='(.+)'/);
    expect(existsSync(file)).toBe(true);
    command.child.kill("SIGINT");
    expect(await command.ended).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it("prints the absolute path of the file of --ca-file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ca-file-"));
    const file = join(folder, "ca.pem");
    const command = tls([...ANY_PORTS, "--ca-file", relative(COMMAND_FOLDER, file)]);
    await command.says(/127\.0\.0\.1 open\.weixin\.qq\.com\n/);
    expect(existsSync(file)).toBe(true);
    for (const line of [
      `export SSL_CERT_FILE='${file}'`,
      `export NODE_EXTRA_CA_CERTS='${file}'`,
      `-keystore '${join(folder, "ca.p12")}'`,
    ]) {
      expect(command.said()).toContain(line);
    }
    command.child.kill("SIGINT");
    await command.ended;
    expect(existsSync(file)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it("serves a running simulator", async () => {
    const simulator = await startSimulator();
    const command = tls([...ANY_PORTS, "--of", simulator.url]);
    const [, url] = await command.says(/ready at (\S+) and/);
    expect(url).toBe(simulator.url);
    await simulator.close();
  });

  it("reports in one line which port is in use and how to choose another", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const command = tls(["--port", String(port), "--proxy", "0"]);
    expect(await command.ended).toBe(1);
    expect(command.said()).toBe(`Port ${port} is in use: stop what listens there, or set --port.\n`);
    other.close();
  });

  it("reports a missing simulator and invalid options", async () => {
    const lost = tls([...ANY_PORTS, "--of", "http://127.0.0.1:1"]);
    expect(await lost.ended).toBe(1);
    expect(lost.said()).toBe("No simulator responds at http://127.0.0.1:1.\n");
    const wrong = tls(["--prot", "1"]);
    expect(await wrong.ended).toBe(1);
    expect(wrong.said()).toContain("--port <number>");
  });
});
