import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Application, findApplication } from "./application.js";
import { runDemo } from "./demo.js";
import { readTrafficArguments, TRAFFIC_USAGE, type TrafficArguments } from "./options.js";
import { outcomeTable, progressLine } from "./report.js";
import { startRun } from "./run-traffic.js";

/** `wechat-simulator traffic`. @throws {CommandError} */
export async function trafficCommand(args: string[]): Promise<void> {
  const asked = readTrafficArguments(args);
  if (asked === "help") {
    console.log(TRAFFIC_USAGE);
    return;
  }
  const app = await findApplication(asked.start, asked.button, asked.wechat);
  if (asked.demo) await runDemo(app, (line) => console.log(line), sleep);
  else await runTraffic(app, asked);
}

async function runTraffic(app: Application, asked: TrafficArguments): Promise<void> {
  const seed = asked.seed ?? randomBytes(4).toString("hex");
  const stop = stopOnCtrlC();
  console.log(`${asked.people} people, ${asked.rate} per second, through ${app.start.href} (--seed ${seed})`);

  const startedAt = performance.now();
  const { people, rate, mix, slowMs } = asked;
  const { progress, ended } = startRun({
    app,
    people,
    rate,
    mix,
    slowMs,
    seed,
    signal: stop,
    now: () => performance.now(),
    sleep,
  });
  const line = showLine(() => progressLine(progress, performance.now() - startedAt));
  try {
    await ended;
  } finally {
    line.end();
  }
  if (stop.aborted) {
    console.log(`Stopped: ${people - progress.completed.length} of ${people} did not finish.`);
    process.exitCode = 130; // the convention for Ctrl-C
  }
  console.log(`\n${outcomeTable(progress.completed)}`);
}

/** Resolves early when aborted. */
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

/** The first Ctrl-C stops the run and prints its results, the second ends the process. */
function stopOnCtrlC(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/** On a terminal one line that is updated; elsewhere, as in a log file, a line every 5 seconds. */
function showLine(text: () => string): { end(): void } {
  const { isTTY } = process.stdout;
  const write = () => (isTTY ? process.stdout.write(`\r\u001B[K${text()}`) : console.log(text()));
  const timer = setInterval(write, isTTY ? 200 : 5_000);
  return {
    end() {
      clearInterval(timer);
      write();
      if (isTTY) process.stdout.write("\n");
    },
  };
}
