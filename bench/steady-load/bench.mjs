// People sign in at a steady rate for minutes: does what a server holds stay as it is? Half of them are new and half return.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Agent } from "undici";
import { claim, table } from "../page.mjs";
import { startPostgres } from "../postgres.mjs";
import { startProcess } from "../process.mjs";
import { signIn } from "../sign-in/browser.mjs";
import { quantile } from "../spread.mjs";

/** STEADY_SECONDS and STEADY_ENGINES name others. */
const seconds = Number(process.env.STEADY_SECONDS ?? 300);
const engines = (process.env.STEADY_ENGINES ?? "SQLite,PostgreSQL").split(",");
const warmUpSeconds = 20;
const concurrency = 32;
const sampleMs = 5_000;
const share = 0.6;

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "bench-steady-load-"));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user
  const wechat = await startProcess(script("../wechat.mjs"));
  try {
    const wechatUrl = await wechat.call("listen");
    const results = [];
    for (const engine of engines) results.push(await measureEngine(engine, { wechatUrl, folder }));
    return section(results);
  } finally {
    await wechat.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureEngine(engine, { wechatUrl, folder }) {
  const database = engine === "PostgreSQL" ? await startPostgres(join(folder, "postgres")) : undefined;
  const child = await startProcess(script("child.mjs"), { stdout: "ignore" });
  const dispatcher = new Agent({ connections: 4 * concurrency });
  try {
    const databaseUrl = await database?.urlOf("steady_load");
    const server = await child.call("open", { wechatUrl, folder: join(folder, engine), databaseUrl });
    const people = { known: 0 };
    const next = () => signIn({ ...server, dispatcher }, numberOf(people));
    const most = await asManyAsPossible(next);
    const rate = Math.round(most * share);
    return { engine, most, rate, ...(await atRate(rate, next, () => child.call("state"))) };
  } finally {
    await dispatcher.destroy();
    await child.stop();
    await database?.stop();
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

/** Begins sign-ins at their times, whether the earlier ones have ended or not. */
async function atRate(rate, next, readState) {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const [times, samples, running, failures] = [[], [], new Set(), []];
  let begun = 0;
  let sampledAt = 0;
  while (elapsed() < seconds * 1000) {
    for (; begun < (elapsed() / 1000) * rate; begun += 1) {
      const beganAt = performance.now();
      const done = next()
        .then(() => void times.push(performance.now() - beganAt))
        .catch((error) => void failures.push(error))
        .finally(() => running.delete(done));
      running.add(done);
    }
    if (elapsed() > sampledAt) {
      samples.push({ second: Math.round(elapsed() / 1000), ...(await readState()) });
      sampledAt += sampleMs;
    }
    await pause(10);
  }
  await Promise.all(running);
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} sign-ins failed`);
  return { times, samples };
}

const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);
const median = (values) => quantile(values, 0.5);

function section(results) {
  const third = (samples, n) =>
    samples.slice((n * samples.length) / 3, ((n + 1) * samples.length) / 3).filter(Boolean);
  const columns = ["memory", "heap", "descriptors", "write-ahead log"];
  const curve = ({ samples }) =>
    table(
      ["second", ...columns],
      samples
        .filter((_, n) => n % Math.ceil(samples.length / 12) === 0)
        .map(({ second, rss, heap, descriptors, walBytes }) => [
          ...[
            second,
            `${megabytes(rss)} MB`,
            `${megabytes(heap)} MB`,
            descriptors,
            `${megabytes(walBytes)} MB`,
          ],
        ]),
    );
  const claims = ({ engine, samples }) => {
    const of = (n, field) => median(third(samples, n).map((sample) => sample[field]));
    const growth = of(2, "rss") / of(1, "rss");
    const longest = Math.max(...samples.map(({ walBytes }) => walBytes));
    return [
      claim(
        `on ${engine} memory grows by at most a tenth from the second third to the last (here × ${growth.toFixed(2)})`,
        growth <= 1.1,
      ),
      claim(
        `on ${engine} descriptors do not grow (${of(1, "descriptors")}, then ${of(2, "descriptors")})`,
        of(2, "descriptors") <= of(1, "descriptors") + 8,
      ),
      ...(engine === "SQLite"
        ? [
            claim(
              `the write-ahead log stays under 64 MB (at most ${megabytes(longest)} MB)`,
              longest < 64 * 1024 * 1024,
            ),
          ]
        : []),
    ].join("\n");
  };
  const of = (result) => {
    const { engine, most, rate, times } = result;
    const [p50, p99] = [0.5, 0.99].map((part) => `${Math.round(quantile(times, part))} ms`);
    return `**${engine}**: ${rate} sign-ins per second, ${times.length} in all (at most ${Math.round(most)}, 32 at a time); p50 ${p50}, p99 ${p99}.

${curve(result)}

${claims(result)}`;
  };
  return {
    title: "A steady load",
    reading: `How to read it: for ${seconds} s people begin to sign in at ${share * 100} % of the rate that the server holds on this machine, half of them new. All
processes share the machine, so its rate says little; what the server holds must not grow.`,
    body: results.map(of).join("\n\n"),
  };
}
