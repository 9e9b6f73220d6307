import { createRandom } from "../faults/seeded-random.js";
import { CommandError } from "../input/command-error.js";
import { SCENARIO_NAMES, type ScenarioName } from "./scenarios.js";

/** The parts of a run for each scenario; an absent one is 0. */
export type Mix = Partial<Record<ScenarioName, number>>;

/** Mostly successful sign-ins, and some of every failure. */
export const DEFAULT_MIX: Mix = {
  new: 50,
  returning: 15,
  desktop: 15,
  refuses: 5,
  expires: 3,
  used: 3,
  slow: 3,
  snapshot: 3,
  double: 3,
};

/** Reads `new=80,refuses=20`. @throws {CommandError} */
export function parseMix(text: string): Mix {
  const mix: Mix = {};
  for (const part of text.split(",")) {
    const [name = "", amount = ""] = part.trim().split("=");
    const scenario = SCENARIO_NAMES.find((known) => known === name);
    if (!scenario || !/^\d+$/.test(amount)) {
      throw new CommandError(
        `--mix is a list such as new=80,refuses=20; the scenarios are ${SCENARIO_NAMES.join(", ")}.`,
      );
    }
    mix[scenario] = Number(amount);
  }
  if (Object.values(mix).every((parts) => parts === 0))
    throw new CommandError("--mix needs at least one part above 0.");
  return mix;
}

/** The scenario of each person in starting order: exact shares, and the same order on every run with this seed. */
export function assignScenarios(mix: Mix, people: number, seed: string): ScenarioName[] {
  const parts = SCENARIO_NAMES.map((scenario) => ({ scenario, parts: mix[scenario] ?? 0 }));
  const total = parts.reduce((sum, { parts: some }) => sum + some, 0);
  const shares = parts.map(({ scenario, parts: some }) => ({ scenario, exact: (people * some) / total }));
  const assigned = shares.flatMap(({ scenario, exact }) =>
    Array<ScenarioName>(Math.floor(exact)).fill(scenario),
  );
  // The largest remainders get what rounding left over.
  const left = [...shares].sort((a, b) => (b.exact % 1) - (a.exact % 1));
  for (const { scenario } of left.slice(0, people - assigned.length)) assigned.push(scenario);
  return shuffle(assigned, createRandom(`${seed} order`));
}

function shuffle<Item>(items: Item[], roll: () => number): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(roll() * (last + 1));
    const [a, b] = [items[last] as Item, items[other] as Item];
    items[last] = b;
    items[other] = a;
  }
  return items;
}
