import { createHash } from "node:crypto";
import {
  deleteUserTokensOf,
  listKnownBindings,
  type Rename,
  renameOpenids,
} from "../../db/imported-people.js";
import { jsonRows } from "../../db/json-rows.js";
import { findGroupJoin } from "../../db/late-unionids.js";
import { required } from "../../db/statement.js";
import type { WeChatApp } from "../apps.js";
import type { Deps } from "../deps.js";
import { outboxRecords } from "../events/outbox.js";
import { ImportError } from "../imports/read-blocks.js";
import { type Columns, type FileFormat, type FileRecord, readRecords } from "../imports/read-records.js";
import type { Outcome } from "../imports/report.js";
import type { ImportTask } from "../imports/run-import.js";
import { bindingKey, survivors } from "./known-people.js";
import { isOpenid } from "./openids.js";

export const openidColumns: Columns<"old" | "new"> = { all: ["old", "new"], needed: ["old", "new"] };

interface OpenidRecord {
  line: number;
  old: string;
  new: string;
}

interface KnownBinding {
  bindingId: string;
  userId: string;
}

/**
 * New openids for old ones, of people who are bound: an account that moves to another company gets another openid for
 * each of its followers. A binding keeps its user and gets the new openid; its tokens belong to the old one and are
 * deleted. Nothing is changed where the new openid is bound to another person already.
 *
 * Keeps the new openids of the file in memory, about 80 bytes for each: an openid that is both an old and a new one would
 * mean one person before its record and another one after it, so it is not renamed.
 *
 * @param fromAppId the appid that the bindings have so far, where the move gave the account another one
 * @throws {ImportError}
 * @throws {DatabaseError}
 */
export async function openidsImport(
  deps: Deps,
  file: { path: string; format: FileFormat; hash: string },
  { app, fromAppId, isDryRun }: { app: WeChatApp; fromAppId: string; isDryRun: boolean },
): Promise<ImportTask> {
  await refuseWhileJoining(deps, [app, deps.apps.byAppId(fromAppId) ?? app]);
  const { appId } = app;
  const newOpenids = new Set<string>();
  for await (const { values } of readRecords(file.path, file.format, openidColumns)) {
    if (fromAppId === appId && values?.new && values.new !== values.old) newOpenids.add(values.new);
  }
  const remembered = new Map<string, KnownBinding | null>();
  return {
    kind: "openids",
    id: createHash("sha256")
      .update(`openids ${fromAppId} ${appId} ${file.format} ${file.hash}`)
      .digest("hex"),
    as: `app=${app.key}`,
    records: () => readRecords(file.path, file.format, openidColumns),
    async plan(records) {
      const read = records.map(readOpenids);
      const pairs = read.filter((record): record is OpenidRecord => !("result" in record));
      const known = isDryRun ? remembered : new Map<string, KnownBinding | null>();
      await loadKnownBindings(
        deps,
        known,
        pairs.flatMap((pair) => [
          { appId: fromAppId, openid: pair.old },
          { appId, openid: pair.new },
        ]),
      );
      const renames: Rename[] = [];
      const outcomes = read.map((record) =>
        "result" in record ? record : planRename(record, { known, renames, newOpenids, fromAppId, appId }),
      );
      const steps =
        renames.length === 0
          ? []
          : [
              required(renameOpenids(renames), renames.length),
              deleteUserTokensOf(renames),
              ...outboxRecords(
                deps,
                renames.flatMap(({ bindingId, ...renamed }) => {
                  const userId = known.get(bindingKey(renamed.appId, renamed.openid))?.userId;
                  return userId === undefined ? [] : [{ type: "user.updated", userId, data: { bindingId } }];
                }),
              ),
            ];
      return { outcomes, steps };
    },
  };
}

/** The job that joins a group goes through bindings in the order of their openids: a renamed one would be left out. */
async function refuseWhileJoining(deps: Deps, apps: readonly WeChatApp[]): Promise<void> {
  for (const { appId, group } of apps) {
    if (!group) continue;
    const [join] = await deps.db.run(findGroupJoin, { appId, group });
    if (join && join.doneAt === null) {
      throw new ImportError(
        "The app's older bindings are joining its group just now. Try again in a minute.",
      );
    }
  }
}

function readOpenids({ line, values, problem }: FileRecord<string>): OpenidRecord | Outcome {
  const unreadable = (reason: string) => ({ line, result: "unreadable", reason });
  if (problem !== undefined) return unreadable(problem);
  const { old, new: renamed } = values as { old?: string; new?: string };
  for (const [name, openid] of Object.entries({ old, new: renamed })) {
    if (openid === undefined) return unreadable(`${name} is missing`);
    if (!isOpenid(openid)) return unreadable(`${name} is not a WeChat openid`);
  }
  return { line, old: old ?? "", new: renamed ?? "" };
}

async function loadKnownBindings(
  deps: Deps,
  known: Map<string, KnownBinding | null>,
  keys: readonly { appId: string; openid: string }[],
): Promise<void> {
  const rows = await deps.db.run(listKnownBindings, { rows: jsonRows(keys) });
  const survivorOf = await survivors(deps, rows);
  for (const row of rows) {
    const { appId, openid } = keys[row.place] as (typeof keys)[number];
    const key = bindingKey(appId, openid);
    if (!known.has(key)) known.set(key, { bindingId: row.bindingId, userId: survivorOf(row) });
  }
}

/** Decides about one pair, and notes in `known` and `renames` what is decided. */
export function planRename(
  { line, old, new: openid }: OpenidRecord,
  {
    known,
    renames,
    newOpenids,
    fromAppId,
    appId,
  }: {
    known: Map<string, KnownBinding | null>;
    renames: Rename[];
    newOpenids: ReadonlySet<string>;
    fromAppId: string;
    appId: string;
  },
): Outcome {
  const conflict = (reason: string) => ({ line, result: "conflict", reason });
  const from = bindingKey(fromAppId, old);
  const to = bindingKey(appId, openid);
  const [before, after] = [known.get(from), known.get(to)];
  if (from === to) return { line, result: before ? "unchanged" : "unknown" };
  if (newOpenids.has(old)) return conflict("the old openid is also a new one in this file");
  if (!before) return { line, result: after ? "unchanged" : "unknown" };
  if (!after) {
    renames.push({ bindingId: before.bindingId, fromAppId, fromOpenid: old, appId, openid });
    known.set(from, null);
    known.set(to, before);
    return { line, result: "renamed" };
  }
  if (after.userId === before.userId) return { line, result: "unchanged" };
  return conflict("the new openid belongs to another person");
}
