import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { AppError, type AppErrorCode, toAppError } from "./errors.js";
import { idInput } from "./inputs.js";

/** What one act on several objects takes at most: the rows of a page that an operator looks at. */
const mostAtOnce = 100;

/** Some acts ask WeChat, which may be silent: later than this none is begun, in ms. */
const beginWithinMs = 15_000;

/** Several objects, each once. */
export const severalOf = <Item extends z.ZodType>(item: Item, idOf: (item: z.output<Item>) => string) =>
  z
    .array(item)
    .min(1)
    .max(mostAtOnce)
    .refine((items) => new Set(items.map(idOf)).size === items.length);

const itself = (id: string) => id;

export const severalIds = severalOf(idInput, itself);

export interface BulkResult<Done> {
  done: ({ id: string } & Done)[];
  /** What the act on this one alone would have been refused with. */
  refused: { id: string; why: AppErrorCode }[];
}

/**
 * Does the act on one object for each of several, one after another. Each is checked at its turn by the rule of the single act,
 * and writes its own entry in the audit log.
 */
export async function forEachOf<Item, Done extends object>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  act: (item: Item) => Promise<Done>,
): Promise<BulkResult<Done>> {
  const result: BulkResult<Done> = { done: [], refused: [] };
  const startedAt = performance.now();
  for (const item of items) {
    const id = idOf(item);
    if (performance.now() - startedAt > beginWithinMs) {
      result.refused.push({ id, why: "not_reached" });
      continue;
    }
    try {
      result.done.push({ ...(await act(item)), id });
    } catch (error) {
      // Those before are done: an answer without them would be wrong.
      result.refused.push({ id, why: refusalOf(error) });
    }
  }
  return result;
}

export const forEachId = <Done extends object>(ids: readonly string[], act: (id: string) => Promise<Done>) =>
  forEachOf(ids, itself, act);

/** @throws what is no refusal but a mistake of the program */
function refusalOf(error: unknown): AppErrorCode {
  const shown = toAppError(
    error instanceof TRPCError ? error : new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: error }),
  );
  if (shown instanceof AppError) return shown.appCode;
  throw error;
}
