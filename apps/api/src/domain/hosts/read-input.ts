import type { z } from "zod";
import { HostError } from "./host-error.js";

/**
 * Reads an operation's input. A field that it does not have is refused: ignored, a mistyped one would change what is done.
 *
 * @throws {HostError} input_invalid, which names each field
 */
export function readInput<Input extends z.ZodObject>(input: Input, given: unknown): z.output<Input> {
  const parsed = input.strict().safeParse(given);
  if (parsed.success) {
    if (!hasNul(parsed.data)) return parsed.data as z.output<Input>;
    throw new HostError("input_invalid", "A text contains the character U+0000, which cannot be stored.");
  }
  throw new HostError("input_invalid", parsed.error.issues.map(describe).join("; "), { cause: parsed.error });
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return `${path || "the input"}: ${issue.message}`;
  const names = issue.keys.map((key) => (path === "" ? key : `${path}.${key}`));
  return `unknown field ${names.join(", ").slice(0, 200)}`;
}

/** PostgreSQL cannot store NUL and would fail on it. */
function hasNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0");
  return typeof value === "object" && value !== null && Object.values(value).some(hasNul);
}
