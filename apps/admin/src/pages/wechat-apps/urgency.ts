import type { Finding } from "../../api/types.js";

const order: readonly Finding["state"][] = ["problem", "warning", "unknown", "ok"];

/** The worst first, otherwise in the order of the checks. */
export const byUrgency = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));

export function countOf(findings: readonly Finding[]): { problems: number; warnings: number } {
  const count = (state: Finding["state"]) => findings.filter((finding) => finding.state === state).length;
  return { problems: count("problem"), warnings: count("warning") };
}
