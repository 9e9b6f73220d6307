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
  /** How many set out a second, whether or not those before have arrived. */
  rate: number;
  mix: Mix;
  /** Who walks, in which order, with what luck: the same on every run. Another seed brings other people. */
  seed: string;
  slowMs: number;
  /** Stops: nobody sets out any more, those under way context back and do not count. */
  signal?: AbortSignal;
  /** Milliseconds; only differences count. */
  now: () => number;
  sleep: BrowserOptions["sleep"];
}

/** One sign-in that came to an end. */
export interface CompletedSignIn {
  kind: ScenarioName;
  result: SignInResult;
  ms: number;
}

/** How far a crowd is; grows while it walks. */
export interface RunProgress {
  readonly people: number;
  started: number;
  readonly completed: CompletedSignIn[];
}

/**
 * Sends a crowd through the sign-in of an application; `progress` grows while it does.
 *
 * @throws what the simulator refuses, such as a switch it does not know
 */
export function startRun(options: RunOptions): { progress: RunProgress; ended: Promise<void> } {
  const progress: RunProgress = { people: options.people, started: 0, completed: [] };
  return { progress, ended: run(options, progress) };
}

async function run(options: RunOptions, progress: RunProgress): Promise<void> {
  const { people, rate, mix, seed, signal, now, sleep } = options;
  const kinds = assignScenarios(mix, people, seed);
  const dice = createRandom(`${seed} phones`);
  const startedAt = now();
  const inProgress: Promise<void>[] = [];
  const problems: unknown[] = [];
  for (const [index, kind] of kinds.entries()) {
    const wait = startedAt + (index * 1000) / rate - now();
    if (wait > 0) await sleep(wait, signal);
    if (signal?.aborted || problems.length > 0) break;
    progress.started += 1;
    const phone = dice() < 0.5 ? ANDROID : IPHONE;
    inProgress.push(
      play(options, { kind, person: personOf(seed, index), phone }).then(
        (completed) => void progress.completed.push(completed),
        (error: unknown) => {
          if (!signal?.aborted) problems.push(error);
        },
      ),
    );
  }
  await Promise.all(inProgress);
  if (problems.length > 0) throw problems[0];
}

async function play(
  { app, slowMs, sleep, signal, now }: RunOptions,
  { kind, person, phone }: { kind: ScenarioName; person: string; phone: string },
): Promise<CompletedSignIn> {
  const context = { app, simulator: new ControlClient(app.wechat), person, phone, slowMs, sleep, signal };
  let ms = 0;
  const result = await scenarioOf(kind)(context, async (completed) => {
    const from = now();
    const reached = await completed;
    ms = now() - from;
    return reached;
  });
  return { kind, result, ms };
}

/** Eight digits from the seed and six of the person's own: crowds of different seeds hardly ever meet. */
function personOf(seed: string, index: number): string {
  const own = createHash("sha256").update(seed).digest().readUInt32LE() % 100_000_000;
  return `crowd-${own}${String(index).padStart(6, "0")}`;
}
