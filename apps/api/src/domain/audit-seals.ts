import { setImmediate as yieldToRequests } from "node:timers/promises";
import {
  auditBatchSize,
  countUnsealed,
  deleteSealed,
  deleteSealedDetails,
  findAuditAnchor,
  insertAuditAnchor,
  listSealed,
  listUnsealed,
  moveAuditAnchor,
  sealEntry,
} from "../db/audit-seals.js";
import { StaleDataError } from "../db/database.js";
import { required } from "../db/statement.js";
import type { Deps } from "./deps.js";

// Entries of the audit log are sealed in order: each seal is a keyed hash over the entry and the seal before it. So an entry
// that was removed, altered or put in another place shows, and the database alone is not enough to make a seal. Two anchors,
// sealed themselves, say how far the chain goes and up to where its beginning was deleted, so that a cut end shows too.

type AnchorName = "last" | "deleted";

/** A place in the chain: the number of an entry and its seal. Before the first entry 0 and nothing. */
interface Place {
  sealNumber: number;
  seal: string;
}

type Entry = (typeof listUnsealed)["row"] & {};

const contentOf = ({ id, at, operatorId, event, target, result, errcode, ip }: Entry) =>
  [id, at.getTime(), operatorId, event, target, result, errcode, ip] as const;

/** As an anchor is stored: the seal of the entry, and a seal over it. */
const sealAnchor = ({ keys }: Pick<Deps, "keys">, name: AnchorName, { sealNumber, seal }: Place): string =>
  `${seal} ${keys.seal("anchor", name, sealNumber, seal)}`;

interface Anchor extends Place {
  /** As it is stored. */
  stored: string;
  check: ReturnType<Deps["keys"]["checkSeal"]>;
}

async function readAnchor(deps: Pick<Deps, "db" | "keys">, name: AnchorName): Promise<Anchor | undefined> {
  const [row] = await deps.db.run(findAuditAnchor, { name });
  if (!row) return undefined;
  const [seal = "", own = ""] = row.seal.split(" ");
  const { sealNumber, seal: stored } = row;
  return { sealNumber, seal, stored, check: deps.keys.checkSeal(own, "anchor", name, sealNumber, seal) };
}

/** An anchor at the beginning of the chain. If another process makes it too, it is the same one. */
async function createAnchor(deps: Pick<Deps, "db" | "keys" | "now">, name: AnchorName): Promise<Anchor> {
  const start = { sealNumber: 0, seal: "" };
  const values = { name, sealNumber: 0, seal: sealAnchor(deps, name, start), at: deps.now() };
  await deps.db.run(insertAuditAnchor, values);
  return { ...start, stored: values.seal, check: "valid" };
}

/**
 * Seals the entries that were committed since the last run. Several processes may run it at the same time: the chain's end is
 * moved by a compare-and-set, so no place in it is given twice.
 *
 * @throws {DatabaseError}
 */
export async function sealAudit(deps: Deps): Promise<void> {
  for (;;) {
    const entries = await deps.db.run(listUnsealed, {});
    if (entries.length === 0) return;
    const last = (await readAnchor(deps, "last")) ?? (await createAnchor(deps, "last"));
    let place: Place = last;
    const steps = entries.map((entry) => {
      const sealNumber = place.sealNumber + 1;
      place = { sealNumber, seal: deps.keys.seal(sealNumber, ...contentOf(entry), place.seal) };
      return required(sealEntry.with({ id: entry.id, ...place }));
    });
    const moved = { name: "last", before: last.stored, at: deps.now() } as const;
    const { sealNumber } = place;
    try {
      await deps.db.batch([
        required(moveAuditAnchor.with({ ...moved, sealNumber, seal: sealAnchor(deps, "last", place) })),
        ...steps,
      ]);
    } catch (error) {
      // Another process sealed them.
      if (error instanceof StaleDataError) return;
      throw error;
    }
    if (entries.length < auditBatchSize) return;
    await yieldToRequests();
  }
}

/**
 * Deletes sealed entries that are older, in the order of their seals, with their details. The anchor `deleted` keeps the last
 * seal, from which the rest is checked.
 *
 * @throws {DatabaseError}
 */
export async function deleteAuditBefore(deps: Deps, before: Date): Promise<void> {
  let anchor: (Place & { stored: string }) | undefined = await readAnchor(deps, "deleted");
  for (;;) {
    const entries = await deps.db.run(listSealed, { after: anchor?.sealNumber ?? 0 });
    const kept = entries.findIndex(({ at }) => at >= before);
    const old = kept === -1 ? entries : entries.slice(0, kept);
    const last = old.at(-1);
    if (!last) return;
    anchor ??= await createAnchor(deps, "deleted");
    const { sealNumber, seal } = last as Place;
    const stored = sealAnchor(deps, "deleted", { sealNumber, seal });
    const moved = { name: "deleted", sealNumber, seal: stored, at: deps.now() } as const;
    try {
      await deps.db.batch([
        required(moveAuditAnchor.with({ ...moved, before: anchor.stored })),
        deleteSealedDetails.with({ sealNumber }),
        deleteSealed.with({ sealNumber }),
      ]);
    } catch (error) {
      // Another process deletes them.
      if (error instanceof StaleDataError) return;
      throw error;
    }
    if (old.length < auditBatchSize) return;
    anchor = { sealNumber, seal, stored };
    await yieldToRequests();
  }
}

export interface AuditCheck {
  sealed: number;
  unsealed: number;
  /** What is wrong with the first wrong entry; undefined if every seal is valid. */
  problem?: string;
}

/** What is wrong: with an entry, by its number, or with one of the two anchors. */
export type AuditProblem =
  | { kind: "missing" | "not_sealed_here"; entry: number }
  | { kind: "altered" | "unknown_key"; entry: number; id: string }
  | { kind: "anchor_missing" }
  | { kind: "anchor_altered" | "anchor_unknown_key"; anchor: AnchorName };

/** How far a check came. */
export interface AuditProgress {
  checked: number;
  /** The number of the last entry that was checked, or before which all are deleted. */
  verifiedTo: number;
  /** Whether it came to the end of the log. */
  isDone: boolean;
  problem?: AuditProblem;
}

/**
 * Checks the seals of the whole audit log.
 *
 * @throws {DatabaseError}
 */
export async function verifyAudit(deps: Pick<Deps, "db" | "keys">): Promise<AuditCheck> {
  const unsealed = await countUnsealedEntries(deps);
  const { checked, problem } = await verifyAuditPart(deps, { maxEntries: Number.POSITIVE_INFINITY });
  return { sealed: checked, unsealed, ...(problem && { problem: describeProblem(problem) }) };
}

/** How many entries wait for their seal, which takes seconds. */
export async function countUnsealedEntries({ db }: Pick<Deps, "db">): Promise<number> {
  const [row] = await db.run(countUnsealed, {});
  return row?.count ?? 0;
}

/**
 * Checks the seals of a part of the audit log, while other requests run in between.
 *
 * @param part.after the number of the last entry that was checked before; without it, the check begins at the oldest one.
 * @throws {DatabaseError}
 */
export async function verifyAuditPart(
  deps: Pick<Deps, "db" | "keys">,
  { after = 0, maxEntries }: { after?: number; maxEntries: number },
): Promise<AuditProgress> {
  const deleted = await readAnchor(deps, "deleted");
  if (deleted && deleted.check !== "valid") {
    return { checked: 0, verifiedTo: 0, isDone: true, problem: anchorProblem("deleted", deleted) };
  }
  let place: Place = deleted ?? { sealNumber: 0, seal: "" };
  if (after > place.sealNumber) {
    const [before] = await deps.db.run(listSealed, { after: after - 1 });
    if (before?.sealNumber !== after) {
      return { checked: 0, verifiedTo: after, isDone: true, problem: { kind: "missing", entry: after } };
    }
    place = before as Place;
  }
  let checked = 0;
  let isReadAgain = false;
  const progress = (isDone: boolean, problem?: AuditProblem): AuditProgress => ({
    ...{ checked, verifiedTo: place.sealNumber, isDone },
    ...(problem && { problem }),
  });
  for (;;) {
    const entries = await deps.db.run(listSealed, { after: place.sealNumber });
    for (const { sealNumber, seal, ...entry } of entries) {
      const problem = entryProblem(deps, { sealNumber, seal, entry, before: place });
      if (problem) return progress(true, problem);
      place = { sealNumber, seal } as Place;
      checked++;
    }
    if (entries.length < auditBatchSize) {
      const last = await readAnchor(deps, "last");
      // Entries may have been sealed since they were read: they are committed with their anchor, so they are there by now.
      if (!isReadAgain && last && last.sealNumber > place.sealNumber) {
        isReadAgain = true;
        continue;
      }
      return progress(true, endProblem(last, place));
    }
    if (checked >= maxEntries) return progress(false);
    isReadAgain = false;
    await yieldToRequests();
  }
}

function entryProblem(
  { keys }: Pick<Deps, "keys">,
  found: { sealNumber: number | null; seal: string | null; entry: Entry; before: Place },
): AuditProblem | undefined {
  const { sealNumber, seal, entry, before } = found;
  const next = before.sealNumber + 1;
  if (sealNumber !== next) return { kind: "missing", entry: next };
  const check = keys.checkSeal(seal ?? "", sealNumber, ...contentOf(entry), before.seal);
  if (check === "valid") return undefined;
  return { kind: check === "wrong" ? "altered" : "unknown_key", entry: next, id: entry.id };
}

/** The chain must go as far as the anchor says. An empty one without anchors is that of a new database. */
function endProblem(last: Anchor | undefined, end: Place): AuditProblem | undefined {
  if (!last) return end.sealNumber === 0 ? undefined : { kind: "anchor_missing" };
  if (last.check !== "valid") return anchorProblem("last", last);
  if (last.sealNumber > end.sealNumber) return { kind: "missing", entry: end.sealNumber + 1 };
  return last.seal === end.seal ? undefined : { kind: "not_sealed_here", entry: last.sealNumber + 1 };
}

const anchorProblem = (anchor: AnchorName, { check }: Anchor): AuditProblem => ({
  kind: check === "wrong" ? "anchor_altered" : "anchor_unknown_key",
  anchor,
});

function describeProblem(problem: AuditProblem): string {
  switch (problem.kind) {
    case "missing":
      return `entry ${problem.entry} is missing`;
    case "not_sealed_here":
      return `entry ${problem.entry} was not sealed by this system`;
    case "altered":
      return `entry ${problem.entry} (${problem.id}) or the one before it was altered`;
    case "unknown_key":
      return `entry ${problem.entry} (${problem.id}) is sealed with a key that is not in SECRET_KEYS`;
    case "anchor_missing":
      return "the anchor of the last seal is missing";
    case "anchor_altered":
      return `the anchor "${problem.anchor}" was altered`;
    case "anchor_unknown_key":
      return `the anchor "${problem.anchor}" is sealed with a key that is not in SECRET_KEYS`;
  }
}
