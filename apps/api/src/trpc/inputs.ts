import { z } from "zod";
import { isId } from "../domain/ids.js";

/** What lists take: a page of 200 rows at most. */
export const pageInput = {
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(50),
};

export const idInput = z.string().refine(isId);

export const searchText = z.string().trim().max(200).optional();

export const momentInput = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();
