import { z } from "zod";
import { isExternalId, maxExternalIdLength } from "../../identity/external-id.js";
import { isId } from "../../ids.js";

/** A short text. PostgreSQL cannot store NUL and would fail on it. */
export const plainText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !text.includes("\0"), "has a NUL character");

export const idInput = z.string().refine(isId, "is not an id of this system: those have 26 characters");

/** As an import takes it. */
export const externalIdInput = z
  .string()
  .min(1)
  .max(maxExternalIdLength)
  .refine(isExternalId, "has control characters or half of a surrogate pair")
  .meta({ description: "What your site calls the user" });

export const reasonInput = plainText(500).trim().min(1).meta({ description: "Kept in the audit log" });
