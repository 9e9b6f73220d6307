import { CommandError } from "./input/command-error.js";

const USAGE = `wechat-simulator                    starts the simulated WeChat at http://127.0.0.1:4010
wechat-simulator tls [options]      serves it as https://api.weixin.qq.com and https://open.weixin.qq.com
wechat-simulator traffic [options]  signs many simulated people in to an application

Run a command with --help for its options.`;

// Each command loads its own modules: traffic does not need the server.
const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  tls: async (args) => (await import("./tls/command.js")).tlsCommand(args),
  traffic: async (args) => (await import("./traffic/command.js")).trafficCommand(args),
  crowd: async (args) => (await import("./traffic/command.js")).trafficCommand(args), // its former name
};

const [name, ...args] = process.argv.slice(2);
try {
  if (name === undefined) await serve();
  else if (name === "--help" || name === "help") console.log(USAGE);
  else await commandOf(name)(args);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function serve(): Promise<void> {
  const { startFromEnvironment, stopOnSignal } = await import("./serve.js");
  const simulator = await startFromEnvironment(process.env);
  stopOnSignal(() => simulator.close());
  console.log(`WeChat simulator ready at ${simulator.url}`);
}

function commandOf(name: string): (args: string[]) => Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new CommandError(`Unknown command ${JSON.stringify(name)}.\n\n${USAGE}`);
  return command;
}
