import type { Position } from "../db/keyset.js";
import type { KeyRing } from "./key-ring.js";

export interface Page<Row> {
  items: Row[];
  nextCursor: string | null;
  /**
   * How far back a request searched that read as many rows as it may, before the page was full: there may be more after
   * `nextCursor`, and an empty page does not mean that nothing matches. Absent otherwise.
   */
  searchedTo?: Date;
}

/** A cursor that this server did not issue for this list. */
export class CursorError extends Error {
  override readonly name = "CursorError" as const;
  constructor() {
    super("This cursor does not belong to this list. Start again from its first page.");
  }
}

/** Writes and reads the cursors of one list; `list` names the list and its filters. */
export function cursorsOf(keys: KeyRing, list: object) {
  const scope = JSON.stringify(list);
  return {
    write({ at, id }: Position): string {
      const payload = `${at.getTime()}_${id}`;
      return `${payload}_${keys.signCursor(`${scope}${payload}`)}`;
    },
    /** @throws {CursorError} for a cursor of another list or filter, or one that this server did not sign. */
    read(cursor: string | undefined): Position | undefined {
      if (cursor === undefined) return undefined;
      const match = /^(\d{1,15})_([\w-]{1,64}?)_([A-Za-z0-9_-]{16})$/.exec(cursor);
      const [, time = "", id = "", signature = ""] = match ?? [];
      if (!match || !keys.isCursorSignature(`${scope}${time}_${id}`, signature)) throw new CursorError();
      return { at: new Date(Number(time)), id };
    },
  };
}

/** Cuts a page of `limit` from `limit + 1` rows. */
export function pageOf<Row>(
  { rows, searchedTo }: { rows: Row[]; searchedTo?: Position | undefined },
  limit: number,
  cursors: { write(position: Position): string },
  positionOf: (row: Row) => Position,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? positionOf(last) : searchedTo;
  return {
    items,
    nextCursor: next ? cursors.write(next) : null,
    ...(rows.length <= limit && searchedTo ? { searchedTo: searchedTo.at } : {}),
  };
}
