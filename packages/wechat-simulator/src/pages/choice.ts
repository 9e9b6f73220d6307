import type { FastifyRequest } from "fastify";
import type { Decision } from "../rules/grant.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";

/** Who decided what, told by a script's headers or by a form of the simulator. */
export type Choice =
  | { kind: "undecided" }
  | { kind: "decided"; person: Person; decision: Decision; by: "script" | "form" }
  /** 使用完整服务 was pressed; the real consent page comes next. */
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
      text: `Nobody here has this person id. Known: ${known.join(", ")}, crowd-<number>.\n`,
    };
  }
  const decision = (form === null ? headerDecision : form.decision) ?? "allow";
  if (decision !== "allow" && decision !== "refuse" && decision !== "full_service") {
    return { kind: "invalid", text: "The decision must be allow, refuse or full_service.\n" };
  }
  if (form === null) return { kind: "decided", person, decision, by: "script" };
  if (decision === "full_service") return { kind: "leave_snapshot", person };
  // The consent page that follows the snapshot page marks its own form.
  const hasLeft = decision === "allow" && form.left_snapshot === "1";
  return { kind: "decided", person, decision: hasLeft ? "full_service" : decision, by: "form" };
}
