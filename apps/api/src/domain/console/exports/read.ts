import { setTimeout as sleep } from "node:timers/promises";
import { auditRecordWithDetail } from "../../audit.js";
import type { Page } from "../../cursor.js";
import type { Deps, Visitor } from "../../deps.js";
import type { Operator } from "../../operators/accounts.js";
import { AccessError } from "../../operators/roles.js";
import { TooManyListsError } from "../list-gate.js";
import { maskForRole, shortened } from "../masking.js";
import type { PageInput } from "../view.js";
import type { ExportFormat } from "./formats.js";

/** Reads one page of a list, filtered. */
export type ReadPage = (page: PageInput) => Promise<Page<unknown>>;

/** The first page is short, so that the file begins at once; the others are as long as this process makes into text in a few ms. */
const rowsOfPage = { first: 50, next: 500 };

/** How often a page waits for its turn behind the lists of the console. */
const mostWaits = 20;

/** Texts by which a person is searched for. */
const personal = new Set(["q", "target"]);

/**
 * Notes an export in the audit log: who, which list, as what, and the filter. What a person was searched by is masked, or it
 * would stay there when they are erased.
 *
 * @throws {DatabaseError}
 */
export async function recordExport(
  deps: Deps,
  { operatorId, visitor }: { operatorId: string; visitor: Visitor },
  { list, format, filter }: { list: string; format: string; filter: Record<string, string> },
): Promise<void> {
  const conditions = Object.entries(filter).map(
    ([name, value]) => `${name}=${personal.has(name) ? shortened(value) : value}`,
  );
  const entry = { operatorId, visitor, event: "list.export", target: list } as const;
  const detail = [format, ...conditions].join(" ");
  await deps.db.batch(auditRecordWithDetail(deps, entry, { userId: null, detail }));
}

/**
 * The rows of an export, one page after the other, each read when the one before is sent. Rows that are added meanwhile are newer
 * than all of its pages, so that they neither appear nor move what does.
 *
 * @param options.findOperator whose session it is, asked again before each page: one that ended, or has another role, ends it.
 * @throws {AccessError} signed_out · factor_required · role_too_low
 * @throws {DatabaseError}
 */
export async function* readExport(
  deps: Deps,
  operator: Operator,
  read: ReadPage,
  {
    format,
    findOperator,
    pause = sleep,
  }: {
    format: ExportFormat;
    findOperator: () => Promise<Operator | undefined>;
    pause?: (ms: number) => Promise<unknown>;
  },
): AsyncGenerator<string, void, undefined> {
  let limit = rowsOfPage.first;
  let cursor: string | undefined;
  do {
    const page = await inTurn(deps, () => read({ cursor, limit }), pause);
    const text = format.rows(maskForRole(operator.role, page.items));
    if (text !== "") yield text;
    limit = rowsOfPage.next;
    cursor = page.nextCursor ?? undefined;
    if (cursor !== undefined) mustBe(operator, await findOperator());
  } while (cursor !== undefined);
}

/** Lists of the console come first: an export can wait. */
async function inTurn<Answer>(
  deps: Deps,
  read: () => Promise<Answer>,
  pause: (ms: number) => Promise<unknown>,
): Promise<Answer> {
  for (let waits = 1; ; waits++) {
    try {
      return await deps.listGate.run(read);
    } catch (error) {
      if (!(error instanceof TooManyListsError) || waits > mostWaits) throw error;
      await pause(error.retryAfterSeconds * 1000);
    }
  }
}

function mustBe(operator: Operator, now: Operator | undefined): void {
  if (now?.id !== operator.id) throw new AccessError("signed_out");
  if (now.mustEnrol) throw new AccessError("factor_required");
  if (now.role !== operator.role) throw new AccessError("role_too_low");
}
