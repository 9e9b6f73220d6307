import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deps } from "../../src/domain/deps.js";
import { openidColumns, openidsImport } from "../../src/domain/identity/import-openids.js";
import { peopleColumns, peopleImport } from "../../src/domain/identity/import-people.js";
import { checkFile, formatOf } from "../../src/domain/imports/read-records.js";
import { type ImportTask, runImport, tryImport } from "../../src/domain/imports/run-import.js";

/** Files in a folder of their own. */
export interface ImportFiles {
  folder: string;
  write(name: string, content: string | Buffer): Promise<string>;
  remove(): Promise<void>;
}

export async function importFiles(): Promise<ImportFiles> {
  const folder = await mkdtemp(join(tmpdir(), "wechat-login-import-"));
  return {
    folder,
    async write(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Without the pauses that leave the database to sign-ins. */
const pause = async () => {};

interface Options {
  clientId?: string;
  isDryRun?: boolean;
}

export async function peopleTask(deps: Deps, path: string, options: Options = {}): Promise<ImportTask> {
  const { clientId = "shop", isDryRun = false } = options;
  const format = formatOf(path) ?? "csv";
  const hash = await checkFile(path, format, peopleColumns);
  return peopleImport(deps, { path, format, hash }, { clientId, isDryRun });
}

export const runTask = (deps: Deps, task: ImportTask) => runImport(deps, task, { pause });

/** What the command `people -- import` does with this file. */
export const importPeople = async (deps: Deps, path: string, options: Options = {}) =>
  runTask(deps, await peopleTask(deps, path, options));

export const tryPeople = async (deps: Deps, path: string) =>
  tryImport(await peopleTask(deps, path, { isDryRun: true }));

export async function openidsTask(
  deps: Deps,
  path: string,
  { key = "oa", fromAppId, isDryRun = false }: { key?: string; fromAppId?: string; isDryRun?: boolean } = {},
): Promise<ImportTask> {
  const app = deps.apps.byKey(key);
  if (!app) throw new Error(`there is no app ${key}`);
  const hash = await checkFile(path, "csv", openidColumns);
  const file = { path, format: "csv" as const, hash };
  return openidsImport(deps, file, { app, fromAppId: fromAppId ?? app.appId, isDryRun });
}
