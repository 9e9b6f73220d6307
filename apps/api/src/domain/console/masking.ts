import type { OperatorRole } from "../operators/roles.js";

/** Fields that identify a person. A viewer sees that they have a value, not which. */
const personal = new Set<string | undefined>([
  "openid",
  "unionid",
  "nickname",
  "ip",
  "avatarUrl",
  "externalId",
  // What an operator wrote about a person.
  "reason",
]);

/**
 * Masks what an operator of this role may not see in an answer. Every answer to the console passes through here whole,
 * so that a field that is added to a list is masked too.
 */
export function maskForRole<Answer>(role: OperatorRole, answer: Answer): Answer {
  return role === "viewer" ? (masked(answer) as Answer) : answer;
}

/**
 * Whether a search may match a part of a masked field. A viewer could otherwise spell it out letter by letter, so theirs
 * finds whole values only.
 */
export const mayMatchParts = (role: OperatorRole): boolean => role !== "viewer";

function masked(value: unknown, name?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (value instanceof Date || value === null || typeof value !== "object") {
    if (typeof value !== "string" || !personal.has(name)) return value;
    return name === "avatarUrl" ? null : shortened(value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]));
}

/** So much of a text that an operator recognizes it who knows it. */
export function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= 8) return `${characters[0] ?? ""}…`;
  // At most a third: three characters from each end would reveal nearly all of an IP address.
  const kept = Math.min(3, Math.floor(characters.length / 6));
  return `${characters.slice(0, kept).join("")}…${characters.slice(-kept).join("")}`;
}
