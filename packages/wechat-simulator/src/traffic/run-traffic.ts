import { createHash } from "node:crypto";
import { createRandom } from "../faults/seeded-random.js";
import type { Application } from "./application.js";
import type { BrowserOptions } from "./browser.js";
import { ControlClient } from "./control-client.js";
import { assignScenarios, type Mix } from "./mix.js";
import { type ScenarioName, scenarioOf } from "./scenarios.js";
import type { SignInResult } from "./sign-in.js";
import { ANDROID, IPHONE } from "./user-agents.js";

export interface RunOptions {
  app: Application;
  people: number;
  /** Sign-ins started per second, whether or not earlier ones have finished. */
  rate: number;
  mix: Mix;
  /** Determines people, order and scenarios. Another seed uses other people. */
  seed: string;
  slowMs: number;
  /** Stops the run: no sign-in starts any more, and those in progress are abandoned and not counted. */
  signal?: AbortSignal;
  /** Milliseconds; only differences count. */
  now: () => number;
  sleep: BrowserOptions["sleep"];
}

/** One finished sign-in. */
export interface CompletedSignIn {
  scenario: ScenarioName;
  result: SignInResult;
  ms: number;
}

/** The progress of a run, updated while it runs. */
export interface RunProgress {
  readonly people: number;
  started: number;
  readonly completed: CompletedSignIn[];
}

/**
 * Starts many sign-ins to an application; `progress` is updated while they run.
 *
 * @throws {Error} the simulator refused a command
 */
export function startRun(options: RunOptions): { progress: RunProgress; ended: Promise<void> } {
  const progress: RunProgress = { people: options.people, started: 0, completed: [] };
  return { progress, ended: run(options, progress) };
}

async function run(options: RunOptions, progress: RunProgress): Promise<void> {
  const { people, rate, mix, seed, signal, now, sleep } = options;
  const scenarios = assignScenarios(mix, people, seed);
  const random = createRandom(`${seed} phones`);
  const startedAt = now();
  const inProgress: Promise<void>[] = [];
  const errors: unknown[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    const wait = startedAt + (index * 1000) / rate - now();
    if (wait > 0) await sleep(wait, signal);
    if (signal?.aborted || errors.length > 0) break;
    progress.started += 1;
    const phone = random() < 0.5 ? ANDROID : IPHONE;
    inProgress.push(
      runScenario(options, { scenario, person: personId(seed, index), phone }).then(
        (completed) => void progress.completed.push(completed),
        (error: unknown) => {
          if (!signal?.aborted) errors.push(error);
        },
      ),
    );
  }
  await Promise.all(inProgress);
  if (errors.length > 0) throw errors[0];
}

async function runScenario(
  { app, slowMs, sleep, signal, now }: RunOptions,
  { scenario, person, phone }: { scenario: ScenarioName; person: string; phone: string },
): Promise<CompletedSignIn> {
  const context = { app, simulator: new ControlClient(app.wechat), person, phone, slowMs, sleep, signal };
  let ms = 0;
  const result = await scenarioOf(scenario)(context, async (completed) => {
    const from = now();
    const finished = await completed;
    ms = now() - from;
    return finished;
  });
  return { scenario, result, ms };
}

/** Eight digits from the seed and six for the person, so that runs with different seeds rarely share people. */
function personId(seed: string, index: number): string {
  const own = createHash("sha256").update(seed).digest().readUInt32LE() % 100_000_000;
  return `crowd-${own}${String(index).padStart(6, "0")}`;
}
