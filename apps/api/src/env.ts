import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readApps, simulatedApps, type WeChatApp } from "./env-apps.js";
import { readPrivateCidrs, readProxy, readTrustProxy } from "./env-network.js";
import { readSecretFiles } from "./env-secret-files.js";
import { readVerifyFiles, type VerifyFile } from "./env-verify-files.js";
import { isWeakKey } from "./weak-keys.js";

/** Everything that can be set, parsed once; the README has one row for each. */
export interface Settings {
  production: boolean;
  host: string;
  port: number;
  /** Where `/metrics` and the health of this process are served besides, in the operator's own network. */
  internalPort: number | undefined;
  publicUrl: URL;
  dataDir: string;
  databaseUrl: string | undefined;
  /** `full`: SQLite waits for the disk at each commit, so that a power cut takes none of them. */
  sqliteSynchronous: "normal" | "full";
  /** The file that repeats the ledger of erasures, outside of what a backup restores. */
  erasureLedger: string;
  /** Newest first. */
  secretKeys: readonly string[];
  apps: readonly WeChatApp[];
  /** What WeChat looks for at the root of the site, to verify who owns it. */
  verifyFiles: readonly VerifyFile[];
  /** Where browsers reach WeChat; the simulator in development. */
  wechatOpenUrl: string;
  wechatApiUrl: string;
  /** An http proxy through which this server calls WeChat; it may hold a password. */
  wechatProxy: URL | undefined;
  /** WECHAT_API_URL is a relay of the operator's own, in front of the real WeChat. */
  usesRelay: boolean;
  /** The simulated WeChat that this server calls; undefined for the real one. */
  simulatorUrl: string | undefined;
  /** Not the real WeChat: other hosts, or one of the simulator's well-known apps. */
  usesSimulator: boolean;
  /** Where `/` leads: the home page of the site, a path or an address; undefined for the account page. */
  homeUrl: string | undefined;
  /** The number of proxies in front, or their addresses. Never `true`. */
  trustProxy: false | number | string[];
  firstOperator: { username: string; password: string } | undefined;
  stateTtlSeconds: number;
  sessionIdleSeconds: number;
  sessionAbsoluteSeconds: number;
  retentionDays: number;
  /** A profile that is older is read again after a silent sign-in. */
  profileMaxAgeDays: number;
  logLevel: string;
  /** How many requests one source may make to each sign-in route; undefined without a limit. */
  requestsPerMinute: number | undefined;
  /** What Prometheus sends to read `/metrics`; undefined: there is no such address. */
  metricsToken: string | undefined;
  /** Networks that are not public and that webhooks may reach all the same. */
  webhookPrivateCidrs: readonly string[];
  /** Vite's servers that the pages are proxied from, in development only. */
  viteServers: { login: string; admin: string } | undefined;
}

export class SettingsError extends Error {
  override readonly name = "SettingsError" as const;
  constructor(readonly problems: readonly string[]) {
    super(`These settings stop the start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

const realOpenUrl = "https://open.weixin.qq.com";
const realApiUrl = "https://api.weixin.qq.com";
const simulatorUrl = "http://127.0.0.1:4010";

/** One setting: how it is read, and what is allowed, as the end of a sentence that begins with its name. */
interface Setting<Schema extends z.ZodType> {
  schema: Schema;
  allowed: string;
}
const setting = <Schema extends z.ZodType>(schema: Schema, allowed: string): Setting<Schema> => ({
  schema,
  allowed,
});

const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const seconds = (max: number, initial: number) =>
  setting(wholeNumber(1, max).default(initial), `is a whole number of seconds from 1 to ${max}`);
const address = (example: string) =>
  setting(
    z
      .url({ protocol: /^https?$/ })
      .transform((text) => new URL(text))
      .optional(),
    `is an address such as ${example}`,
  );
const oneOf = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  initial: NoInfer<Values[number]>,
) => setting(z.enum(values).default(initial as never), `is one of ${values.join(", ")}`);
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );
const anyText = z.string().optional();

const homeUrlAllowed =
  "is an address such as https://shop.example.com, or a path such as /shop that is neither / nor this server's own";

const yearSeconds = 365 * 86_400;

/** Every setting by its name. */
export const environment = {
  HOST: setting(
    z.string().trim().min(1).default("127.0.0.1"),
    "is the host name or address to listen on, such as 0.0.0.0",
  ),
  PORT: setting(wholeNumber(1, 65_535).default(4000), "is a whole number from 1 to 65535"),
  INTERNAL_PORT: setting(wholeNumber(1, 65_535).optional(), "is a whole number from 1 to 65535"),
  PUBLIC_URL: address("https://login.example.com"),
  DATA_DIR: setting(
    z
      .string()
      .trim()
      .min(1)
      .default(fileURLToPath(new URL("../../../data", import.meta.url))),
    "is the path of a folder",
  ),
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    "starts with postgres:// or postgresql://",
  ),
  SQLITE_SYNCHRONOUS: oneOf(["normal", "full"], "normal"),
  ERASURE_LEDGER: setting(z.string().trim().min(1).optional(), "is the path of a file"),
  SECRET_KEYS: setting(list, "is a comma-separated list of keys"),
  WECHAT_APPS: setting(anyText, "is a JSON array of apps, or the path of a file that holds one"),
  VERIFY_FILES: setting(anyText, "is a folder of files, or JSON with their names and contents"),
  WECHAT_OPEN_URL: address("https://open.weixin.qq.com"),
  WECHAT_API_URL: address("https://api.weixin.qq.com"),
  HTTPS_PROXY: setting(anyText, "is the address of an http proxy"),
  NO_PROXY: setting(list, "is a comma-separated list of hosts"),
  HOME_URL: setting(anyText, homeUrlAllowed),
  TRUST_PROXY: setting(anyText, "is a number of proxies, or a list of addresses"),
  ADMIN_USERNAME: setting(anyText, "is a name"),
  ADMIN_PASSWORD: setting(anyText, "is a password"),
  STATE_TTL_SECONDS: seconds(600, 600),
  SESSION_IDLE_SECONDS: setting(
    wholeNumber(1, yearSeconds).optional(),
    `is a whole number of seconds from 1 to ${yearSeconds}`,
  ),
  SESSION_ABSOLUTE_SECONDS: seconds(yearSeconds, 90 * 86_400),
  RETENTION_DAYS: setting(wholeNumber(1, 3650).default(190), "is a whole number of days from 1 to 3650"),
  PROFILE_MAX_AGE_DAYS: setting(wholeNumber(1, 3650).default(7), "is a whole number of days from 1 to 3650"),
  LOG_LEVEL: oneOf(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "info"),
  RATE_LIMIT: setting(
    z.union([z.literal("off"), wholeNumber(1, 1_000_000)]).default(600),
    "is off, or a whole number of requests a minute from 1 to 1000000",
  ),
  ALLOW_SIMULATOR: oneOf(["yes", "no"], "no"),
  ALLOW_RELAY: oneOf(["yes", "no"], "no"),
  METRICS_TOKEN: setting(anyText, "is a token"),
  WEBHOOK_PRIVATE_CIDRS: setting(list, "is a comma-separated list of networks"),
  VITE_SERVERS: oneOf(["on", "off"], "off"),
};

type Values<Read> = {
  [Name in keyof Read]: Read[Name] extends Setting<infer Schema> ? z.output<Schema> : never;
};

/**
 * Reads each setting by itself, so that a bad one hides no other. In place of a bad value there is the default.
 *
 * @returns the values, and for each bad setting one problem by its name.
 */
function readEach(given: Record<string, string | undefined>) {
  const problems = new Map<string, string>();
  const values = Object.entries(environment).map(([name, { schema, allowed }]) => {
    const parsed = schema.safeParse(given[name]);
    if (parsed.success) return [name, parsed.data];
    problems.set(name, `${name} ${allowed}`);
    return [name, schema.parse(undefined)];
  });
  return { value: Object.fromEntries(values) as Values<typeof environment>, problems };
}

/** What `readSettings` needs from other modules; load-settings.ts passes the real ones. */
export interface SettingsSources {
  /** The secret keys that a first start made and stored, for a start outside production without SECRET_KEYS. */
  persistedKeys(dataDir: string): readonly string[];
  /** What is wrong with ADMIN_USERNAME and ADMIN_PASSWORD, one line each. */
  firstOperatorProblems(
    operator: { username: string; password: string },
    site: Pick<Settings, "publicUrl" | "apps">,
  ): string[];
  /** The address or path that HOME_URL leads to; undefined if it is none that a person can be sent to. */
  readHomeUrl(home: string, publicUrl: URL): string | undefined;
}

/**
 * Reads the settings from the environment.
 *
 * @throws {SettingsError} that lists every problem, by the setting's name and never by its value.
 */
export function readSettings(
  env: Record<string, string | undefined>,
  { persistedKeys, firstOperatorProblems, readHomeUrl }: SettingsSources,
): Settings {
  const inEnvironment: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  // Programs read these two in either case.
  const given: Record<string, string | undefined> = {
    ...inEnvironment,
    HTTPS_PROXY: inEnvironment.HTTPS_PROXY ?? inEnvironment.https_proxy,
    NO_PROXY: inEnvironment.NO_PROXY ?? inEnvironment.no_proxy,
  };
  const files = readSecretFiles(given);
  const { value, problems: invalid } = readEach({ ...given, ...files.values });
  const bad = new Map([...invalid, ...files.problems]);
  const production = env.NODE_ENV === "production";
  const problems: string[] = [];
  if (!/^(development|test|production)?$/.test(env.NODE_ENV ?? "")) {
    // A misspelled value would silently mean development, where the simulator signs in anyone as anyone.
    problems.push("NODE_ENV is production, development, test, or not set");
  }

  if (given.RETURN_TO_ORIGINS !== undefined) {
    problems.push(
      "RETURN_TO_ORIGINS is no longer a setting: each site that people return to is a host application now (npm run host -- create)",
    );
  }

  const apps = readApps(value.WECHAT_APPS, problems);
  const verifyFiles = readVerifyFiles(value.VERIFY_FILES, apps, problems);
  const simulated = value.WECHAT_APPS === undefined;
  const wechatOpenUrl = value.WECHAT_OPEN_URL?.origin ?? (simulated ? simulatorUrl : realOpenUrl);
  const wechatApiUrl = value.WECHAT_API_URL?.origin ?? (simulated ? simulatorUrl : realApiUrl);
  const publicUrl = value.PUBLIC_URL ?? new URL(`http://localhost:${value.PORT}`);
  const firstOperator = readFirstOperator(value.ADMIN_USERNAME, value.ADMIN_PASSWORD, problems);
  if (firstOperator) problems.push(...firstOperatorProblems(firstOperator, { publicUrl, apps }));
  const trustProxy = readTrustProxy(value.TRUST_PROXY, problems);

  const homeUrl = value.HOME_URL === undefined ? undefined : readHomeUrl(value.HOME_URL, publicUrl);
  if (value.HOME_URL !== undefined && homeUrl === undefined) problems.push(`HOME_URL ${homeUrlAllowed}`);

  // A host application in development runs on the same machine.
  const localNetworks = production ? [] : ["127.0.0.0/8", "::1/128"];
  const webhookPrivateCidrs =
    given.WEBHOOK_PRIVATE_CIDRS === undefined
      ? localNetworks
      : readPrivateCidrs(value.WEBHOOK_PRIVATE_CIDRS, problems);
  const wechatProxy = readProxy(value.HTTPS_PROXY, value.NO_PROXY, wechatApiUrl, problems);

  const isElsewhere = wechatOpenUrl !== realOpenUrl;
  const hasSimulatedApp = apps.some((app) =>
    simulatedApps.some((known) => known.appSecret === app.appSecret),
  );
  // People are sent to the real WeChat, whose codes a simulator does not know.
  const usesRelay =
    value.ALLOW_RELAY === "yes" && wechatApiUrl !== realApiUrl && !isElsewhere && !hasSimulatedApp;
  const usesSimulator = isElsewhere || hasSimulatedApp || (wechatApiUrl !== realApiUrl && !usesRelay);

  for (const name of ["PUBLIC_URL", "WECHAT_OPEN_URL", "WECHAT_API_URL"] as const) {
    const url = value[name];
    if (url && (url.pathname !== "/" || url.search || url.hash || url.username || url.password)) {
      problems.push(`${name} is an origin only: scheme and host, no path, query or user name`);
    }
  }
  const sessionIdleSeconds =
    value.SESSION_IDLE_SECONDS ?? Math.min(14 * 86_400, value.SESSION_ABSOLUTE_SECONDS);
  if (sessionIdleSeconds > value.SESSION_ABSOLUTE_SECONDS && !bad.has("SESSION_ABSOLUTE_SECONDS")) {
    problems.push("SESSION_IDLE_SECONDS cannot be longer than SESSION_ABSOLUTE_SECONDS");
  }
  for (const key of value.SECRET_KEYS) {
    if (isWeakKey(key)) {
      problems.push(
        "SECRET_KEYS holds a key that is short or a sample: use 32 random bytes in hex or base64 for each",
      );
    }
  }
  if (value.INTERNAL_PORT === value.PORT) problems.push("INTERNAL_PORT is another port than PORT");
  if (value.METRICS_TOKEN !== undefined && isWeakKey(value.METRICS_TOKEN)) {
    problems.push("METRICS_TOKEN is short or a sample: use 32 random bytes in hex or base64");
  }
  if (production) {
    if (apps.some((app) => isWeakKey(app.appSecret))) {
      problems.push("WECHAT_APPS holds a sample appSecret: use the one from WeChat");
    }
    if (apps.some((app) => value.SECRET_KEYS.includes(app.appSecret))) {
      problems.push("SECRET_KEYS holds an app's secret: generate a separate key");
    }
    if (homeUrl?.startsWith("http:")) problems.push("HOME_URL must be https in production");
    if (publicUrl.protocol !== "https:") problems.push("PUBLIC_URL must be https in production");
    if (value.SECRET_KEYS.length === 0) problems.push("SECRET_KEYS is required in production");
    if (value.VITE_SERVERS === "on") problems.push("VITE_SERVERS is for development only");
    if (env.NODE_TLS_REJECT_UNAUTHORIZED === "0") {
      problems.push("NODE_TLS_REJECT_UNAUTHORIZED=0 would let any server answer as WeChat");
    }
    if (usesRelay && !wechatApiUrl.startsWith("https://")) {
      problems.push("WECHAT_API_URL must be https in production: a relay receives the app secret");
    }
    if (usesSimulator && value.ALLOW_SIMULATOR !== "yes") {
      problems.push(
        simulated
          ? "WECHAT_APPS is required in production: without it people would sign in through the simulator"
          : "WECHAT_APPS, WECHAT_OPEN_URL or WECHAT_API_URL names the simulator, which production refuses (ALLOW_SIMULATOR=yes allows it by name; ALLOW_RELAY=yes says that WECHAT_API_URL alone is a relay in front of the real WeChat)",
      );
    }
  }
  // What follows from the default in place of a bad value is no problem of its own.
  const others = problems.filter((problem) => !bad.has(/^[A-Z_]+/.exec(problem)?.[0] ?? ""));
  if (bad.size + others.length > 0) throw new SettingsError([...new Set([...bad.values(), ...others])]);

  return {
    production,
    host: value.HOST,
    port: value.PORT,
    internalPort: value.INTERNAL_PORT,
    publicUrl,
    dataDir: value.DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    sqliteSynchronous: value.SQLITE_SYNCHRONOUS,
    // Beside the folder, not in it: who restores a backup of the folder keeps the ledger of today.
    erasureLedger: value.ERASURE_LEDGER ?? `${resolve(value.DATA_DIR)}-erasures.ndjson`,
    secretKeys:
      value.SECRET_KEYS.length > 0 ? value.SECRET_KEYS : checkPersistedKeys(persistedKeys(value.DATA_DIR)),
    apps,
    verifyFiles,
    wechatOpenUrl,
    wechatApiUrl,
    wechatProxy,
    usesRelay,
    simulatorUrl: wechatApiUrl === realApiUrl || usesRelay ? undefined : wechatApiUrl,
    usesSimulator,
    homeUrl,
    trustProxy,
    firstOperator,
    stateTtlSeconds: value.STATE_TTL_SECONDS,
    sessionIdleSeconds,
    sessionAbsoluteSeconds: value.SESSION_ABSOLUTE_SECONDS,
    retentionDays: value.RETENTION_DAYS,
    profileMaxAgeDays: value.PROFILE_MAX_AGE_DAYS,
    logLevel: value.LOG_LEVEL,
    requestsPerMinute: value.RATE_LIMIT === "off" ? undefined : value.RATE_LIMIT,
    metricsToken: value.METRICS_TOKEN,
    webhookPrivateCidrs,
    viteServers:
      value.VITE_SERVERS === "on"
        ? { login: "http://127.0.0.1:4001", admin: "http://127.0.0.1:4002" }
        : undefined,
  };
}

function readFirstOperator(username: string | undefined, password: string | undefined, problems: string[]) {
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    problems.push("ADMIN_USERNAME and ADMIN_PASSWORD are set together or not at all");
    return undefined;
  }
  return { username, password };
}

/** @throws {SettingsError} for a stored key that is empty or cut: tokens would be encrypted under a key that can be guessed. */
function checkPersistedKeys(keys: readonly string[]): readonly string[] {
  if (keys.length > 0 && !keys.some(isWeakKey)) return keys;
  throw new SettingsError([
    "DATA_DIR: its file secret-keys is damaged; restore it from a backup, or remove it (stored tokens are then lost)",
  ]);
}
