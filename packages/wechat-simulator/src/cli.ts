import { CommandError } from "./input/command-error.js";

const USAGE = `wechat-simulator                  the simulated WeChat, at http://127.0.0.1:4010
wechat-simulator tls [options]    the same as https://api.weixin.qq.com and https://open.weixin.qq.com
wechat-simulator crowd [options]  walks simulated people through the sign-in of an application

Each command tells its options with --help.`;

// Each loads what it needs itself: a crowd has no use for a server.
const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  tls: async (args) => (await import("./tls/command.js")).tlsCommand(args),
  crowd: async (args) => (await import("./traffic/command.js")).trafficCommand(args),
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

function commandOf(asked: string): (args: string[]) => Promise<void> {
  const command = Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  if (!command) throw new CommandError(`There is no command ${JSON.stringify(asked)}.\n\n${USAGE}`);
  return command;
}
