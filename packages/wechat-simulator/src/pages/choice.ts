import type { FastifyRequest } from "fastify";
import type { Decision } from "../rules/grant.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";

/** The person and decision, from a script's headers or a form of the simulator. */
export type Choice =
  | { kind: "undecided" }
  | { kind: "decided"; person: Person; decision: Decision; by: "script" | "form" }
  /** The person pressed 使用完整服务; the real consent page follows. */
  | { kind: "leave_snapshot"; person: Person }
  | { kind: "invalid"; text: string };

export function readChoice(store: Store, request: FastifyRequest): Choice {
  const form = request.method === "POST" ? ((request.body ?? {}) as Record<string, unknown>) : null;
  const { "x-simulator-person": header, "x-simulator-decision": headerDecision } = request.headers;
  if (form === null && header === undefined && headerDecision === undefined) return { kind: "undecided" };

  const personId = form === null ? header : form.person;
  const person = typeof personId === "string" ? store.people.find(personId) : undefined;
  if (!person) {
    const known = store.people.list().map(({ id }) => id);
    return {
      kind: "invalid",
      text: `No person has this id. Known: ${known.join(", ")}, crowd-<number>.\n`,
    };
  }
  const decision = (form === null ? headerDecision : form.decision) ?? "allow";
  if (decision !== "allow" && decision !== "refuse" && decision !== "full_service") {
    return { kind: "invalid", text: "The decision must be allow, refuse or full_service.\n" };
  }
  if (form === null) return { kind: "decided", person, decision, by: "script" };
  if (decision === "full_service") return { kind: "leave_snapshot", person };
  // The form of the consent page that follows the snapshot page has this field.
  const hasLeft = decision === "allow" && form.left_snapshot === "1";
  return { kind: "decided", person, decision: hasLeft ? "full_service" : decision, by: "form" };
}
