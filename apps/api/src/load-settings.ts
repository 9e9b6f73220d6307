import { firstOperatorProblems } from "./domain/operators/accounts.js";
import { readHomeUrl } from "./domain/return-to.js";
import { readSettings, type Settings } from "./env.js";
import { persistedKeys } from "./persisted-keys.js";

/**
 * Reads the settings for a real start.
 *
 * @throws {SettingsError} that lists every problem, by the setting's name and never by its value.
 */
export const loadSettings = (env: Record<string, string | undefined>, keys = persistedKeys): Settings =>
  readSettings(env, { persistedKeys: keys, firstOperatorProblems, readHomeUrl });
