import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startSimulator } from "../src/index.js";
import { environmentGuide } from "../src/tls/environment-guide.js";
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

describe("the printed settings", () => {
  const tlsProxy = {
    caFile: "/a folder/ca.pem",
    port: 4011,
    proxyUrl: "http://127.0.0.1:4012",
    publicKeyHash: "a+hash=",
  };

  it("contain the file, the proxy and the preload for each language", () => {
    expect(environmentGuide(tlsProxy, "file:///preload.js")).toMatchInlineSnapshot(`
      "Set these in the environment of your program, then start it. They are valid while this simulator runs.

      # curl · Go · Python (standard library)
      export SSL_CERT_FILE='/a folder/ca.pem'
      export CURL_CA_BUNDLE='/a folder/ca.pem'
      export HTTPS_PROXY=http://127.0.0.1:4012 https_proxy=http://127.0.0.1:4012
      export NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1

      # Python (requests): the lines above, and
      export REQUESTS_CA_BUNDLE='/a folder/ca.pem'

      # PHP: the lines above, and as options of php (or in php.ini)
      -d curl.cainfo='/a folder/ca.pem' -d openssl.cafile='/a folder/ca.pem'
      # PHP's streams (file_get_contents) read no proxy settings: add this where the program starts
      stream_context_set_default(['http' => ['proxy' => 'tcp://127.0.0.1:4012']]);

      # Node.js: for every HTTP client
      export NODE_EXTRA_CA_CERTS='/a folder/ca.pem'
      export NODE_OPTIONS='--import=file:///preload.js'
      export WECHAT_SIMULATOR_TLS_PORT=4011

      # Java
      rm -f '/a folder/ca.p12' # it would keep the CA of an earlier start
      keytool -importcert -noprompt -alias wechat-simulator -file '/a folder/ca.pem' -keystore '/a folder/ca.p12' -storetype PKCS12 -storepass changeit
      export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=/a folder/ca.p12 -Djavax.net.ssl.trustStorePassword=changeit -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4012'

      # A browser for the pages: chromium, google-chrome or microsoft-edge, with its own profile
      chromium --user-data-dir="$(mktemp -d)" --host-resolver-rules='MAP open.weixin.qq.com:443 127.0.0.1:4011' --ignore-certificate-errors-spki-list=a+hash=

      Programs without proxy support need these names in /etc/hosts, and the standard HTTPS port: \`--port 443\`, as root.
      127.0.0.1 api.weixin.qq.com
      127.0.0.1 open.weixin.qq.com"
    `);
  });

  it("explain that names in /etc/hosts need the standard HTTPS port", () => {
    const hosts = (port: number) =>
      environmentGuide({ ...tlsProxy, port }, "")
        .split("\n")
        .slice(-3);
    const names = ["127.0.0.1 api.weixin.qq.com", "127.0.0.1 open.weixin.qq.com"];
    expect(hosts(4011)).toEqual([
      "Programs without proxy support need these names in /etc/hosts, and the standard HTTPS port: `--port 443`, as root.",
      ...names,
    ]);
    expect(hosts(443)).toEqual([
      "For programs without proxy support and other browsers, add these lines to /etc/hosts until you are done.",
      ...names,
    ]);
  });
});
