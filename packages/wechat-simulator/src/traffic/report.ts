import type { CompletedSignIn, RunProgress } from "./run-traffic.js";
import { SCENARIO_NAMES } from "./scenarios.js";

/** The progress in one line. */
export function progressLine({ people, started, completed }: RunProgress, elapsedMs: number): string {
  const signedIn = completed.filter(({ result }) => result.signedIn).length;
  const rate = elapsedMs > 0 ? (completed.length / elapsedMs) * 1000 : 0;
  const parts = [
    `${completed.length}/${people} finished`,
    `${started - completed.length} in progress`,
    `${signedIn} signed in`,
    `${rate.toFixed(1)}/s`,
  ];
  return parts.join(" · ");
}

/** Results and durations, one line for each scenario and result. */
export function outcomeTable(completed: readonly CompletedSignIn[]): string {
  const rows = [["scenario", "result", "people", "p50 ms", "p95 ms", "p99 ms"]];
  for (const scenario of SCENARIO_NAMES) {
    const ofScenario = groupByResult(completed.filter((one) => one.scenario === scenario));
    for (const [label, ones] of [...ofScenario].sort(([, a], [, b]) => b.length - a.length)) {
      rows.push([scenario, label, ...numbers(ones)]);
    }
  }
  rows.push(["all", "", ...numbers(completed)]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function groupByResult(completed: readonly CompletedSignIn[]): Map<string, CompletedSignIn[]> {
  const groups = new Map<string, CompletedSignIn[]>();
  for (const one of completed) {
    const group = groups.get(one.result.label);
    if (group) group.push(one);
    else groups.set(one.result.label, [one]);
  }
  return groups;
}

/** Text left-aligned, numbers right-aligned. */
function pad(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

function numbers(completed: readonly CompletedSignIn[]): string[] {
  const sorted = completed.map(({ ms }) => ms).sort((a, b) => a - b);
  const percentiles = [50, 95, 99].map((percent) => percentile(sorted, percent));
  return [String(completed.length), ...percentiles.map((ms) => (ms === undefined ? "–" : ms.toFixed(0)))];
}

/** The smallest value that `percent` of all values do not exceed. */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1];
}
