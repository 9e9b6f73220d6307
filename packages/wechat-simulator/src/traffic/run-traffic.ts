import { createHash } from "node:crypto";
import { createDice } from "../faults/seeded-random.js";
import type { Application } from "./application.js";
import type { BrowserOptions } from "./browser.js";
import { SimulatorHand } from "./control-client.js";
import { castCrowd, type Mix } from "./mix.js";
import { type Kind, playOf } from "./scenarios.js";
import type { Ending } from "./sign-in.js";
import { ANDROID, IPHONE } from "./user-agents.js";

export interface CrowdOptions {
  app: Application;
  people: number;
  /** How many set out a second, whether or not those before have arrived. */
  rate: number;
  mix: Mix;
  /** Who walks, in which order, with what luck: the same on every run. Another seed brings other people. */
  seed: string;
  slowMs: number;
  /** Stops: nobody sets out any more, those under way turn back and do not count. */
  signal?: AbortSignal;
  /** Milliseconds; only differences count. */
  now: () => number;
  sleep: BrowserOptions["sleep"];
}

/** One sign-in that came to an end. */
export interface Walked {
  kind: Kind;
  ending: Ending;
  ms: number;
}

/** How far a crowd is; grows while it walks. */
export interface CrowdProgress {
  readonly people: number;
  started: number;
  readonly walked: Walked[];
}

/**
 * Sends a crowd through the sign-in of an application; `progress` grows while it does.
 *
 * @throws what the simulator refuses, such as a switch it does not know
 */
export function startCrowd(options: CrowdOptions): { progress: CrowdProgress; ended: Promise<void> } {
  const progress: CrowdProgress = { people: options.people, started: 0, walked: [] };
  return { progress, ended: run(options, progress) };
}

async function run(options: CrowdOptions, progress: CrowdProgress): Promise<void> {
  const { people, rate, mix, seed, signal, now, sleep } = options;
  const kinds = castCrowd(mix, people, seed);
  const dice = createDice(`${seed} phones`);
  const startedAt = now();
  const underWay: Promise<void>[] = [];
  const problems: unknown[] = [];
  for (const [index, kind] of kinds.entries()) {
    const wait = startedAt + (index * 1000) / rate - now();
    if (wait > 0) await sleep(wait, signal);
    if (signal?.aborted || problems.length > 0) break;
    progress.started += 1;
    const phone = dice() < 0.5 ? ANDROID : IPHONE;
    underWay.push(
      play(options, { kind, person: personOf(seed, index), phone }).then(
        (walked) => void progress.walked.push(walked),
        (error: unknown) => {
          if (!signal?.aborted) problems.push(error);
        },
      ),
    );
  }
  await Promise.all(underWay);
  if (problems.length > 0) throw problems[0];
}

async function play(
  { app, slowMs, sleep, signal, now }: CrowdOptions,
  { kind, person, phone }: { kind: Kind; person: string; phone: string },
): Promise<Walked> {
  const turn = { app, simulator: new SimulatorHand(app.wechat), person, phone, slowMs, sleep, signal };
  let ms = 0;
  const ending = await playOf(kind)(turn, async (walked) => {
    const from = now();
    const reached = await walked;
    ms = now() - from;
    return reached;
  });
  return { kind, ending, ms };
}

/** Eight digits from the seed and six of the person's own: crowds of different seeds hardly ever meet. */
function personOf(seed: string, index: number): string {
  const own = createHash("sha256").update(seed).digest().readUInt32LE() % 100_000_000;
  return `crowd-${own}${String(index).padStart(6, "0")}`;
}
