import { z } from "zod";
import { isId } from "../domain/ids.js";

/** What every list takes; a page has at most 200 rows. */
export const pageInput = {
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(50),
};

export const idInput = z.string().refine(isId);

/** A short text. PostgreSQL cannot store NUL and would fail on it. */
export const plainText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes("\0"));

/** Why an operator acts on a person: part of the audit log. */
export const reasonInput = plainText(500).trim().min(1);

export const searchText = plainText(200).trim().optional();

/** From 1970 to 9999: PostgreSQL has no year 0. */
export const momentInput = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((moment) => moment.getTime() >= 0 && moment.getTime() < Date.UTC(10_000, 0))
  .optional();

/** Six digits, also as some apps show them: 123 456. */
export const totpCode = z
  .string()
  .max(20)
  .transform((text) => text.replace(/\s/g, ""));
