import type { OperatorRole } from "../domain/operators.js";

/** Fields that name a person. A viewer sees that they are there, not what they are. */
const personal = new Set<string | undefined>(["openid", "unionid", "nickname", "ip", "avatarUrl"]);

/**
 * What an operator of this role may see of an answer. The server masks; the page only shows.
 *
 * The whole answer goes through here, so that a field added to a list tomorrow is masked too.
 */
export function visibleTo<Answer>(role: OperatorRole, answer: Answer): Answer {
  return role === "viewer" ? (masked(answer) as Answer) : answer;
}

function masked(value: unknown, name?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (value instanceof Date || value === null || typeof value !== "object") {
    return typeof value === "string" && personal.has(name) ? shortened(value, name) : value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]));
}

function shortened(text: string, name: string | undefined): string | null {
  if (name === "avatarUrl") return null;
  const characters = [...text];
  if (characters.length <= 8) return `${characters[0] ?? ""}…`;
  // A third at most: three from each end would give away nearly all of an IP address.
  const kept = Math.min(3, Math.floor(characters.length / 6));
  return `${characters.slice(0, kept).join("")}…${characters.slice(-kept).join("")}`;
}
