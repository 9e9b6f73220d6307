import { readFileSync } from "node:fs";
import { API_ENDPOINTS, type ApiEndpoint } from "../protocol/endpoints.js";
import type { LimitsPatch } from "../protocol/limits.js";
import { APP_KINDS, type AppOptions, type AppPatch } from "../stores/apps.js";
import { asRecord, flag, integer, oneOf, readPresent, rejectUnknown, text, texts } from "./validate.js";

type Reader<Value> = (input: unknown, name: string) => Value;
type Readers<Type> = { readonly [Name in keyof Type]-?: Reader<Required<Type>[Name]> };

const MAX_COUNT = 1_000_000_000;
const count: Reader<number> = (input, name) => integer(input, name, 0, MAX_COUNT);

const orNull =
  <Value>(reader: Reader<Value>): Reader<Value | null> =>
  (input, name) =>
    input === null ? null : reader(input, name);

/** Does not repeat the value: if two fields are mixed up, the secret must not end up in a log. */
const shaped =
  (pattern: RegExp, shape: string): Reader<string> =>
  (input, name) => {
    if (typeof input !== "string" || !pattern.test(input)) throw new TypeError(`${name} must be ${shape}`);
    return input;
  };

function perEndpoint(input: unknown, name: string): Partial<Record<ApiEndpoint, number>> {
  const fields = asRecord(input, name);
  rejectUnknown(fields, API_ENDPOINTS, name);
  return Object.fromEntries(
    Object.entries(fields).map(([endpoint, value]) => [endpoint, count(value, `${name}.${endpoint}`)]),
  );
}

const LIMIT_READERS: Readers<LimitsPatch> = {
  daily: perEndpoint,
  perMinute: perEndpoint,
  forcedRefreshesPerDay: count,
  forcedRefreshPauseSeconds: count,
  changeOverSeconds: count,
  jsCodesPerPersonAndMinute: count,
  quotaClearsPerMonth: count,
};

function limits(input: unknown, name: string): LimitsPatch {
  const fields = asRecord(input, name);
  rejectUnknown(fields, Object.keys(LIMIT_READERS), name);
  return readPresent<Required<LimitsPatch>>(fields, LIMIT_READERS, `${name}.`);
}

const PATCH_READERS: Readers<AppPatch> = {
  banned: flag,
  callbackHosts: texts,
  scopes: texts,
  openPlatform: orNull(text),
  ipAllowList: orNull(texts),
  messageUrl: orNull(text),
  limits,
};

const APP_READERS: Readers<AppOptions> = {
  appId: shaped(/^wx[0-9a-zA-Z]{16}$/, "wx and 16 letters or digits"),
  appSecret: shaped(/^[0-9a-zA-Z]{32}$/, "32 letters or digits"),
  kind: (input, name) => oneOf(input, name, APP_KINDS),
  name: text,
  testAccount: flag,
  componentAppIds: texts,
  ...PATCH_READERS,
};

const REQUIRED = ["appId", "appSecret", "kind", "name"] as const;

/** Parses `PATCH /_simulator/apps/:appId`. @throws {TypeError} */
export function parseAppPatch(input: unknown): AppPatch {
  const fields = asRecord(input, "the body");
  rejectUnknown(fields, Object.keys(PATCH_READERS));
  return readPresent<Required<AppPatch>>(fields, PATCH_READERS);
}

/**
 * Reads the setting SIMULATOR_APPS: the path of a JSON file, or the JSON itself, an array of `AppOptions`.
 *
 * @throws {TypeError} that names the index and the field, but not the value
 */
export function readApps(setting: string): AppOptions[] {
  const name = "SIMULATOR_APPS";
  const isJson = /^\s*[[{]/.test(setting);
  let json: unknown;
  try {
    json = JSON.parse(isJson ? setting : readFileSync(setting, "utf8"));
  } catch (error) {
    // Not as the cause: the JSON parser quotes its input, including secrets.
    if (!isJson && error instanceof Error && "code" in error) {
      throw new TypeError(`${name}: the file cannot be read (${String(error.code)})`);
    }
    throw new TypeError(`${name} is not JSON: a list of apps, or the path of a file with one`);
  }
  if (!Array.isArray(json) || json.length === 0) throw new TypeError(`${name} must be a list of apps`);
  const apps = json.map((item: unknown, index) => readApp(item, `${name}[${index}]`));
  const duplicate = apps.findIndex(
    (app, index) => apps.findIndex(({ appId }) => appId === app.appId) !== index,
  );
  if (duplicate !== -1) throw new TypeError(`${name}[${duplicate}].appId is a duplicate`);
  return apps;
}

function readApp(input: unknown, name: string): AppOptions {
  const fields = asRecord(input, name);
  rejectUnknown(fields, Object.keys(APP_READERS), name);
  for (const field of REQUIRED) {
    if (fields[field] === undefined) throw new TypeError(`${name}.${field} is missing`);
  }
  const app = readPresent<Required<AppOptions>>(fields, APP_READERS, `${name}.`);
  if (app.testAccount && app.kind !== "official_account") {
    throw new TypeError(`${name}.testAccount: only an official_account can be one`);
  }
  return app;
}
