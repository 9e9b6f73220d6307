import { parseArgs } from "node:util";
import { openDatabase } from "./db/open.js";
import { createDeps } from "./domain/create-deps.js";
import type { Deps } from "./domain/deps.js";
import { createApiKey, listKeys, revokeKey } from "./domain/hosts/api-keys.js";
import {
  readCidrs,
  readClientId,
  readName,
  readOrigins,
  readRedirectPaths,
  readScopes,
} from "./domain/hosts/client-values.js";
import {
  changeHostClient,
  createHostClient,
  disableHost,
  enableHost,
  listHosts,
  readHostClient,
} from "./domain/hosts/clients.js";
import { loadSettings } from "./load-settings.js";

// `npm run host -- …`: see the usage below.

const usage = `Usage:
  npm run host -- create ID --name NAME --origin ORIGIN --redirect PATH
  npm run host -- update ID [--name NAME] [--origin ORIGIN] [--redirect PATH]
  npm run host -- list
  npm run host -- disable ID
  npm run host -- enable ID
  npm run host -- keys create ID --scope SCOPE,SCOPE [--cidr NETWORK]
  npm run host -- keys list ID
  npm run host -- keys revoke KEY_ID
--origin, --redirect, --scope and --cidr take several values: with commas, or given again.
`;

/** The arguments are wrong, or what they name is not there; the message is all that is shown. */
class CommandError extends Error {
  override readonly name = "CommandError";
}

interface Options {
  name?: string;
  origin?: string[];
  redirect?: string[];
  scope?: string[];
  cidr?: string[];
}

/** What a command needs of its arguments, and what it prints. */
interface Command {
  options: readonly (keyof Options)[];
  /** Whether the command is followed by an id. */
  takesId: boolean;
  run(deps: Deps, id: string, options: Options): Promise<string>;
}

const commands: Record<string, Command> = {
  create: { options: ["name", "origin", "redirect"], takesId: true, run: create },
  update: { options: ["name", "origin", "redirect"], takesId: true, run: update },
  list: { options: [], takesId: false, run: list },
  disable: { options: [], takesId: true, run: disable },
  enable: { options: [], takesId: true, run: enable },
  "keys create": { options: ["scope", "cidr"], takesId: true, run: createKey },
  "keys list": { options: [], takesId: true, run: listKeysOf },
  "keys revoke": { options: [], takesId: true, run: revoke },
};

const silent = { info() {}, warn() {}, error() {} };

try {
  const { command, id, options } = readArguments(process.argv.slice(2));
  const settings = loadSettings(process.env);
  const db = await openDatabase(settings);
  try {
    const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
    process.stdout.write(await command.run(deps, id, options));
  } finally {
    await db.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : "The command failed."}\n`);
  process.exitCode = 1;
}

/** @throws {CommandError} also for an option of another command: ignored, it would not do what it says. */
function readArguments(argv: string[]): { command: Command; id: string; options: Options } {
  const several = { type: "string", multiple: true } as const;
  let parsed: { values: Options; positionals: string[] };
  try {
    parsed = parseArgs({
      args: argv,
      options: {
        name: { type: "string" },
        origin: several,
        redirect: several,
        scope: several,
        cidr: several,
      },
      allowPositionals: true,
    });
  } catch (cause) {
    // parseArgs names the option that is unknown or lacks its value.
    throw new CommandError(`${cause instanceof Error ? cause.message : ""}\n${usage}`, { cause });
  }
  const { values: options, positionals } = parsed;
  const words = positionals[0] === "keys" ? 2 : 1;
  const name = positionals.slice(0, words).join(" ");
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new CommandError(`The commands are: ${Object.keys(commands).join(", ")}.\n${usage}`);
  const [id, ...rest] = positionals.slice(words);
  if (command.takesId !== (id !== undefined) || rest.length > 0) {
    throw new CommandError(`${name} takes ${command.takesId ? "one id" : "no id"}.\n${usage}`);
  }
  const foreign = Object.keys(options).find((option) => !command.options.includes(option as keyof Options));
  if (foreign !== undefined) throw new CommandError(`${name} has no option --${foreign}.\n${usage}`);
  return { command, id: id ?? "", options };
}

function split(texts: readonly string[]): string[] {
  const parts = texts.flatMap((text) => text.split(","));
  return parts.map((text) => text.trim()).filter((text) => text !== "");
}

function throwIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
}

async function create(deps: Deps, given: string, { name, origin = [], redirect = [] }: Options) {
  const problems: string[] = [];
  const client = {
    id: readClientId(given, problems),
    name: readName(name ?? "", problems),
    origins: readOrigins(split(origin), { isProduction: deps.settings.production }, problems),
    redirectPaths: readRedirectPaths(split(redirect), problems),
  };
  if (client.origins.length === 0)
    problems.push("--origin is where its pages are, such as https://shop.example.");
  if (client.redirectPaths.length === 0) {
    problems.push("--redirect is the path at its origins that takes a ticket, such as /wechat/return.");
  }
  throwIfAny(problems);
  if (!(await createHostClient(deps, client))) {
    throw new CommandError(`There is a host application ${client.id}: update changes it.`);
  }
  return `The host application ${client.id} is made. Its first key: npm run host -- keys create ${client.id} --scope tickets\n`;
}

async function update(deps: Deps, id: string, { name, origin, redirect }: Options) {
  const problems: string[] = [];
  const changes = {
    ...(name !== undefined && { name: readName(name, problems) }),
    ...(origin && {
      origins: readOrigins(split(origin), { isProduction: deps.settings.production }, problems),
    }),
    ...(redirect && { redirectPaths: readRedirectPaths(split(redirect), problems) }),
  };
  if (Object.keys(changes).length === 0) problems.push("Give --name, --origin or --redirect.");
  if (changes.origins?.length === 0) problems.push("--origin needs a value.");
  if (changes.redirectPaths?.length === 0) problems.push("--redirect needs a value.");
  throwIfAny(problems);
  if (!(await changeHostClient(deps, id, changes))) throw unknownHost(id);
  return `The host application ${id} is changed.\n`;
}

async function list(deps: Deps) {
  const hosts = await listHosts(deps);
  if (hosts.length === 0) return "There is no host application.\n";
  const lines = hosts.map(({ id, name, origins, redirectPaths, isDisabled }) =>
    [
      `${id}  ${name}${isDisabled ? "  (disabled)" : ""}`,
      `  origins    ${origins.join(", ")}`,
      `  redirects  ${redirectPaths.join(", ")}`,
    ].join("\n"),
  );
  return `${lines.join("\n")}\n`;
}

async function disable(deps: Deps, id: string) {
  if (await disableHost(deps, id))
    return `The host application ${id} is disabled: from now on its keys are refused, and its webhooks get nothing.\n`;
  throw new CommandError(`There is no host application ${id}, or it is disabled already.`);
}

async function enable(deps: Deps, id: string) {
  if (await enableHost(deps, id)) return `The host application ${id} is enabled.\n`;
  throw new CommandError(`There is no host application ${id}, or it is not disabled.`);
}

async function createKey(deps: Deps, clientId: string, { scope = [], cidr = [] }: Options) {
  const problems: string[] = [];
  const scopes = readScopes(split(scope), problems);
  const cidrs = readCidrs(split(cidr), problems);
  throwIfAny(problems);
  if (!(await readHostClient(deps, clientId))) throw unknownHost(clientId);
  const { id, key } = await createApiKey(deps, { clientId, scopes, cidrs });
  // Apart from the key, so that a script can take the key alone.
  process.stderr.write(`Key ${id} of ${clientId}, shown this once:\n`);
  return `${key}\n`;
}

async function listKeysOf(deps: Deps, clientId: string) {
  const keys = await listKeys(deps, clientId);
  if (keys.length === 0) return `${clientId} has no key.\n`;
  const lines = keys.map((key) =>
    [
      `${key.id}  …${key.hint}${key.revokedAt ? `  (revoked ${key.revokedAt.toISOString()})` : ""}`,
      `  scopes     ${key.scopes.join(", ")}`,
      `  networks   ${key.cidrs.join(", ") || "any"}`,
      `  created    ${key.createdAt.toISOString()}`,
      `  last used  ${key.lastUsedAt?.toISOString() ?? "never"}`,
    ].join("\n"),
  );
  return `${lines.join("\n")}\n`;
}

async function revoke(deps: Deps, id: string) {
  if (await revokeKey(deps, id)) return `The key ${id} is refused from now on.\n`;
  throw new CommandError(`There is no key ${id}, or it was revoked already: keys list ID shows them.`);
}

function unknownHost(id: string): CommandError {
  return new CommandError(`There is no host application ${id}, or it is disabled: npm run host -- list.`);
}
