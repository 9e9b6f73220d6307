import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { environmentGuide } from "../src/tls/environment-guide.js";
import { startTlsProxy, type TlsProxy } from "../src/tls/start-tls-proxy.js";

// Each program uses its language's standard client without proxy or CA settings, which come from the printed lines only.
// Each prints the response of the URL in its argument.

const PYTHON = `
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())
`;

const GO = `
package main

import ("fmt"; "io"; "log"; "net/http"; "os")

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil { log.Fatal(err) }
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil { log.Fatal(err) }
	fmt.Println(string(body))
}
`;

const PHP_CURL = `
$curl = curl_init($argv[1]);
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
echo curl_exec($curl) ?: curl_error($curl);
`;

const PHP_STREAM = "echo file_get_contents($argv[1]);";

/** Both clients of the standard library; prints their responses as a list. */
const JAVA = `
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

class Ask {
  public static void main(String[] args) throws Exception {
    URI uri = URI.create(args[0]);
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    String ofClient = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    String ofConnection = new String(uri.toURL().openStream().readAllBytes());
    System.out.println("[" + ofClient + "," + ofConnection + "]");
  }
}
`;

const URL_ASKED = "https://api.weixin.qq.com/sns/oauth2/access_token?appid=x";
const run = promisify(execFile);

/** Whether the command is installed. */
const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const phpHas = (extension: string): boolean =>
  has("php", "-r", `exit(extension_loaded('${extension}') ? 0 : 1);`);

describe("the printed settings for another language", { timeout: 60_000 }, () => {
  let simulator: Simulator;
  let tlsProxy: TlsProxy;
  let guide: string;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    simulator = await startSimulator();
    tlsProxy = await startTlsProxy(simulator);
    guide = environmentGuide(tlsProxy, "");
    folder = await mkdtemp(join(tmpdir(), "other-languages-"));
    // No settings of this machine, except PATH and the compile cache.
    env = { PATH: process.env.PATH, HOME: process.env.HOME, GOCACHE: process.env.GOCACHE };
  });
  afterAll(async () => {
    await tlsProxy.close();
    await simulator.close();
    await rm(folder, { recursive: true });
  });

  /** The printed lines under this heading, up to the next heading or empty line. */
  function printed(heading: string): string[] {
    const [, section] = guide.split(`\n# ${heading}`);
    if (section === undefined) throw new Error(`nothing is printed for ${heading}`);
    const [, ...lines] = section.split("\n");
    const end = lines.findIndex((line) => line === "" || line.startsWith("# "));
    return lines.slice(0, end);
  }

  /** Runs the printed lines and the command in one shell. */
  async function ask(lines: readonly string[], command: string): Promise<unknown> {
    const script = ["set -e", ...lines, `${command} '${URL_ASKED}'`].join("\n");
    const { stdout } = await run("sh", ["-c", script], { env, cwd: folder });
    return JSON.parse(stdout);
  }

  async function program(name: string, source: string): Promise<string> {
    await writeFile(join(folder, name), source);
    return name;
  }

  const refusal = { errcode: 41004 };

  it("let curl reach the simulator by WeChat's real name", async (test) => {
    if (!has("curl", "--version")) test.skip("curl is not on this machine");
    expect(await ask(printed("curl"), "curl -s")).toMatchObject(refusal);
  });

  it("let Python's standard library reach it", async (test) => {
    if (!has("python3", "--version")) test.skip("python3 is not on this machine");
    const file = await program("ask.py", PYTHON);
    expect(await ask(printed("curl"), `python3 ${file}`)).toMatchObject(refusal);
  });

  it("let Go's net/http reach it", async (test) => {
    if (!has("go", "version")) test.skip("go is not on this machine");
    const file = await program("ask.go", GO);
    expect(await ask(printed("curl"), `go run ${file}`)).toMatchObject(refusal);
  });

  it("let PHP's curl reach it", async (test) => {
    if (!phpHas("curl")) test.skip("php with curl is not on this machine");
    const file = await program("curl.php", `<?php ${PHP_CURL}`);
    const [options = ""] = printed("PHP:");
    expect(await ask(printed("curl"), `php ${options} ${file}`)).toMatchObject(refusal);
  });

  it("let PHP's streams reach it with one line in the program", async (test) => {
    if (!phpHas("openssl")) test.skip("php with openssl is not on this machine");
    const file = await program("stream.php", `<?php ${printed("PHP's streams").join("\n")} ${PHP_STREAM}`);
    const [options = ""] = printed("PHP:");
    expect(await ask(printed("curl"), `php ${options} ${file}`)).toMatchObject(refusal);
  });

  it("let Java's HttpClient and HttpURLConnection reach it, even with the trust store of an earlier start", async (test) => {
    if (!has("java", "-version") || !has("keytool", "-help")) test.skip("java is not on this machine");
    await writeFile(tlsProxy.caFile.replace(/\.pem$/, ".p12"), "the trust store of an earlier CA");
    const file = await program("Ask.java", JAVA);
    const refusals = [expect.objectContaining(refusal), expect.objectContaining(refusal)];
    expect(await ask(printed("Java"), `java ${file}`)).toEqual(refusals);
  });
});
