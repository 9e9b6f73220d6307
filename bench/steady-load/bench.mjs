// People sign in at a steady rate for minutes: does what a server holds stay as it is?
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claim, table } from "../page.mjs";
import { quantile } from "../spread.mjs";
import { claimsOf, steadyLoad } from "./load.mjs";

/** STEADY_SECONDS and STEADY_ENGINES name others. */
const seconds = Number(process.env.STEADY_SECONDS ?? 300);
const engines = (process.env.STEADY_ENGINES ?? "SQLite,PostgreSQL").split(",");

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "bench-steady-load-"));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user
  try {
    const results = [];
    for (const engine of engines) results.push(await steadyLoad(engine, { seconds, folder }));
    return section(results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const megabytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;

const section = (results) => ({
  title: "A steady load",
  reading: `How to read it: for ${seconds} s people begin to sign in at 60 % of the rate that the server holds on this machine, half of them new. All
processes share the machine, with whatever else runs on it, so the rate says little; what the server holds must not grow. Descriptors
are those of the server without the connections of the browsers.`,
  body: results.map(partOf).join("\n\n"),
});

function partOf(result) {
  const { engine, most, rate, halves } = result;
  const times = halves.flatMap((half) => half.times);
  const samples = halves.flatMap((half) => half.samples);
  const [p50, p99] = [0.5, 0.99].map((part) => `${Math.round(quantile(times, part))} ms`);
  const curve = samples
    .filter((_, n) => n % Math.ceil(samples.length / 12) === 0)
    .map(({ second, rss, heap, descriptors, walBytes }) => [
      ...[second, megabytes(rss), megabytes(heap), descriptors, megabytes(walBytes)],
    ]);
  return `**${engine}**: ${rate} sign-ins per second, ${times.length} in all (at most ${Math.round(most)}, 32 at a time); p50 ${p50}, p99 ${p99}.

${table(["second", "memory", "heap", "descriptors", "write-ahead log"], curve)}

${claimsOf(result)
  .map(({ text, holds }) => claim(text, holds))
  .join("\n")}`;
}
