import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { CommandError } from "../input/command-error.js";
import { readPort, startFromEnvironment, startProblem, stopOnSignal } from "../serve.js";
import { environmentGuide } from "./environment-guide.js";
import { startTlsProxy, type TlsProxy } from "./start-tls-proxy.js";

const USAGE = `wechat-simulator tls: serves WeChat's own two addresses over HTTPS, for clients with fixed base URLs.

  --port <number>     HTTPS port on 127.0.0.1 (default 4011; names in /etc/hosts need 443)
  --proxy <number>    port of the HTTPS proxy for the two names (default 4012)
  --ca-file <path>    file for the CA certificate to trust (default: in a new temporary folder)
  --of <address>      use a running simulator, such as http://127.0.0.1:4010; otherwise one is started with the
                      same settings as \`wechat-simulator\``;

/** `wechat-simulator tls`. @throws {CommandError} */
export async function tlsCommand(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === "help") {
    console.log(USAGE);
    return;
  }
  const started = options.of === undefined ? await startFromEnvironment(process.env) : undefined;
  const simulator = started ?? { url: await findSimulator(options.of ?? "") };
  let tlsProxy: TlsProxy;
  try {
    tlsProxy = await startTlsProxy(simulator, options);
  } catch (error) {
    await started?.close();
    throw startProblem(error, "HTTPS", [
      { port: options.port, setting: "--port" },
      { port: options.proxyPort, setting: "--proxy" },
    ]);
  }
  stopOnSignal(async () => {
    await tlsProxy.close();
    await started?.close();
  });
  console.log(`WeChat simulator ready at ${simulator.url} and, over HTTPS, at ${tlsProxy.url}\n`);
  console.log(environmentGuide(tlsProxy, import.meta.resolve("@wechat-login/simulator/preload")));
}

interface Options {
  port: number;
  proxyPort: number;
  caFile?: string;
  of?: string;
}

function readOptions(args: string[]): Options | "help" {
  const string = { type: "string" } as const;
  const known = {
    port: string,
    proxy: string,
    "ca-file": string,
    of: string,
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args, options: known });
    if (values.help) return "help";
    return {
      port: readPort(values.port ?? "4011", "--port"),
      proxyPort: readPort(values.proxy ?? "4012", "--proxy"),
      // Absolute, because the printed lines are pasted into shells in other folders.
      ...(values["ca-file"] === undefined ? {} : { caFile: resolve(values["ca-file"]) }),
      ...(values.of === undefined ? {} : { of: values.of }),
    };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`, error);
  }
}

async function findSimulator(address: string): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "http:") {
    throw new CommandError("--of must be the address of a simulator, such as http://127.0.0.1:4010.");
  }
  const answer = await fetch(new URL("/_simulator/state", url)).catch(() => undefined);
  if (!answer?.ok) throw new CommandError(`No simulator responds at ${url.origin}.`);
  return url.origin;
}
