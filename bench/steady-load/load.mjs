// People sign in at a steady rate: half of them are new, half return.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Agent } from "undici";
import { startPostgres } from "../postgres.mjs";
import { startProcess } from "../process.mjs";
import { signIn } from "../sign-in/browser.mjs";
import { quantile } from "../spread.mjs";

const warmUpSeconds = 20;
const concurrency = 32;
const sampleMs = 5_000;
/** Of what the machine holds, which all processes share. */
const share = 0.6;
/** Few enough that the count of requests, which is kept for each of them, is complete before the second half. */
const sources = 4_000;

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Lets people sign in for a time at 60 % of the rate that the server holds here, or at `mostPerSecond` where that is less.
 *
 * @returns the two `halves` of that time. Each has `samples` of what the server holds, every 5 s, the `times` of its sign-ins in ms,
 * and what is held at its `end`, when the garbage is collected.
 */
export async function steadyLoad(engine, { seconds, mostPerSecond = Infinity, folder }) {
  const wechat = await startProcess(script("../wechat.mjs"));
  const database = engine === "PostgreSQL" ? await startPostgres(join(folder, "postgres")) : undefined;
  const child = await startProcess(script("child.mjs"), { stdout: "ignore" });
  const dispatcher = new Agent({ connections: concurrency });
  try {
    const wechatUrl = await wechat.call("listen");
    const databaseUrl = await database?.urlOf("steady_load");
    const server = await child.call("open", { wechatUrl, folder: join(folder, engine), databaseUrl });
    const people = { known: 0 };
    const next = () => signIn({ ...server, dispatcher, sources }, numberOf(people));
    const most = await asManyAsPossible(next);
    const rate = Math.round(Math.min(most * share, mostPerSecond));
    const half = async (from) => ({
      ...(await atRate({ rate, from, until: from + seconds / 2 }, next, () => child.call("state"))),
      end: await child.call("stateAfterCollection"),
    });
    return { engine, most, rate, halves: [await half(0), await half(seconds / 2)] };
  } finally {
    await dispatcher.destroy();
    for (const process of [child, wechat, database]) await process?.stop();
  }
}

/** A new person and one of those before, in turn. */
function numberOf(people) {
  people.isNew = !people.isNew;
  return people.isNew || people.known === 0 ? people.known++ : Math.floor(Math.random() * people.known);
}

/** Warms the server up. @returns sign-ins per second */
async function asManyAsPossible(next) {
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt > warmUpSeconds * 1000;
  let ended = 0;
  const one = async () => {
    for (; !isOver(); ended += 1) await next();
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return ended / warmUpSeconds;
}

/** Begins sign-ins at their times, whether the earlier ones have ended or not, but no more than the server takes at once. */
async function atRate({ rate, from, until }, next, readState) {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const [times, samples, running, failures] = [[], [], new Set(), []];
  let begun = 0;
  let sampledAt = 0;
  while (elapsed() < (until - from) * 1000) {
    for (; begun < (elapsed() / 1000) * rate && running.size < concurrency; begun += 1) {
      const beganAt = performance.now();
      const done = next()
        .then(() => void times.push(performance.now() - beganAt))
        .catch((error) => void failures.push(error))
        .finally(() => running.delete(done));
      running.add(done);
    }
    if (elapsed() > sampledAt) {
      samples.push({ second: from + Math.round(elapsed() / 1000), ...(await readState()) });
      sampledAt += sampleMs;
    }
    await pause(10);
  }
  await Promise.all(running);
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} sign-ins failed`);
  return { times, samples };
}

/** What must be true of a load: `text` has its figures. The limits and caches that keep entries for a minute fill in the first half. */
export function claimsOf({ engine, halves }) {
  const [first, second] = halves;
  const rss = ({ samples }) =>
    quantile(
      samples.map((sample) => sample.rss),
      0.5,
    );
  const memory = rss(second) / rss(first);
  const heap = second.end.heap / first.end.heap;
  const [before, after] = [first.end.descriptors, second.end.descriptors];
  const claims = [
    {
      text: `on ${engine} memory grows by at most a tenth from the first half to the second (here × ${memory.toFixed(2)})`,
      holds: memory <= 1.1,
    },
    {
      text: `on ${engine} what the second half leaves in the heap is at most a twentieth of it (here × ${heap.toFixed(2)})`,
      holds: heap <= 1.05,
    },
    {
      text: `on ${engine} the second half leaves no descriptor open (${before}, then ${after})`,
      holds: after <= before + concurrency, // connections to WeChat that happen to be open
    },
  ];
  if (engine !== "SQLite") return claims;
  const log =
    Math.max(...halves.flatMap(({ samples }) => samples.map(({ walBytes }) => walBytes))) / 1024 / 1024;
  const text = `the write-ahead log stays under 64 MB (at most ${Math.round(log)} MB)`;
  return [...claims, { text, holds: log < 64 }];
}
