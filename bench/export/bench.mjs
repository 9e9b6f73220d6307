// What an export of a million rows costs the server, and what people who sign in meanwhile notice of it.
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm } from "../../scripts/pnpm.mjs";
import { seed, startServer } from "../lists/server.mjs";
import { claim, table } from "../page.mjs";
import { startPostgres } from "../postgres.mjs";
import { quantile } from "../spread.mjs";

/** EXPORT_ENGINES names one of them, EXPORT_ROWS another size. Seeded databases are kept in EXPORT_DIR. */
const engines = (process.env.EXPORT_ENGINES ?? "SQLite,PostgreSQL").split(",");
const rows = Number(process.env.EXPORT_ROWS ?? 1_000_000);
const people = Math.min(20_000, rows);
const folder = process.env.EXPORT_DIR ?? join(tmpdir(), "wechat-login-export");

const maxFirstByteMs = 200;

export async function measure() {
  const code = await pnpm(["exec", "turbo", "run", "build", "--filter=api..."], { quiet: true });
  if (code !== 0) throw new Error(`the build ended with ${code}`);
  const results = [];
  for (const engine of engines) results.push({ engine, ...(await measureEngine(engine)) });
  return section(results);
}

async function measureEngine(engine) {
  const postgres = engine === "PostgreSQL" ? await startPostgres(join(folder, "postgres")) : undefined;
  const place = {
    dataDir: join(folder, `${engine.toLowerCase()}-${rows}`),
    databaseUrl: await postgres?.urlOf(`export_${rows}`),
  };
  try {
    await seed({ ...place, people, failures: rows });
    const server = await startServer(place);
    try {
      const first = await exportOnce(server, 1_000); // the first requests of a process are slower
      const begun = [];
      for (let n = 0; n < 9; n++) begun.push((await exportOnce(server, 50)).firstByteMs);
      const alone = await signInsUntil(server, new Promise((resolve) => setTimeout(resolve, 5_000)));
      const whole = exportOnce(server);
      const signIns = await signInsUntil(server, whole);
      const stopped = await exportOnce(server, rows / 2);
      const idle = memoryOf(server);
      return { first, firstByteMs: quantile(begun, 0.5), alone, signIns, whole: await whole, stopped, idle };
    } finally {
      await server.stop();
    }
  } finally {
    await postgres?.stop();
  }
}

/** Reads an export to its end, or cancels it after so many rows. */
async function exportOnce(server, until = Number.POSITIVE_INFINITY) {
  const before = memoryOf(server);
  const startedAt = performance.now();
  const answer = await fetch(`${server.url}/admin/export/failures?format=csv`, {
    headers: { cookie: server.cookie },
  });
  if (!answer.ok) throw new Error(`the export answered ${answer.status}: ${await answer.text()}`);
  let [firstByteMs, bytes, lines, most, lookedAt] = [undefined, 0, 0, before, 0];
  for await (const part of answer.body) {
    firstByteMs ??= performance.now() - startedAt;
    bytes += part.length;
    for (const byte of part) if (byte === 0x0a) lines += 1;
    if (performance.now() - lookedAt > 100) {
      lookedAt = performance.now();
      most = Math.max(most, memoryOf(server));
    }
    if (lines > until) break; // which closes the connection
  }
  return {
    before,
    most,
    firstByteMs,
    bytes,
    rows: lines - 1,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** In MiB; Linux only. */
function memoryOf({ pid }) {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** How long sign-ins take to begin, one after another, until something is over. */
async function signInsUntil(server, end) {
  let isOver = false;
  const over = end.finally(() => {
    isOver = true;
  });
  const times = [];
  while (!isOver) {
    const startedAt = performance.now();
    await (await fetch(`${server.url}/login/wechat`, { redirect: "manual" })).arrayBuffer();
    times.push(performance.now() - startedAt);
  }
  await over;
  return times;
}

const ms = (time) => `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
const count = (number) => Math.round(number).toLocaleString("en");
const mib = (number) => `${Math.round(number)} MiB`;

function section(results) {
  const figures = table(
    ["", ...results.map(({ engine }) => engine)],
    [
      ["first byte, p50 of nine exports", ...results.map(({ firstByteMs }) => ms(firstByteMs))],
      ["first byte of the export while others sign in", ...results.map(({ whole }) => ms(whole.firstByteMs))],
      ["first byte of the first request to a process", ...results.map(({ first }) => ms(first.firstByteMs))],
      ["rows a second", ...results.map(({ whole }) => count(whole.rows / whole.seconds))],
      [
        "whole export",
        ...results.map(({ whole }) => `${Math.round(whole.seconds)} s, ${mib(whole.bytes / 2 ** 20)}`),
      ],
      ["memory before", ...results.map(({ whole }) => mib(whole.before))],
      ["memory at most during it", ...results.map(({ whole }) => mib(whole.most))],
      ["memory after it, and another that was cancelled half-way", ...results.map(({ idle }) => mib(idle))],
      ["start of a sign-in alone, p50 / p99", ...results.map(({ alone }) => both(alone))],
      ["start of a sign-in during the export, p50 / p99", ...results.map(({ signIns }) => both(signIns))],
    ],
  );
  const claims = results.map(({ engine, firstByteMs, whole }) =>
    claim(
      `On ${engine} the first byte of an export of ${count(rows)} rows arrives within ${maxFirstByteMs} ms, and all rows do.`,
      // The server's own calls, which reach no WeChat, add a few.
      firstByteMs <= maxFirstByteMs && whole.rows >= rows,
    ),
  );
  return {
    title: "Exports",
    reading: `How to read it: one operator exports the raw log, ${count(rows)} failures of ${count(people)} people, as CSV over
HTTP, while one browser after another begins a sign-in. Memory is what the server's process has resident; on SQLite the rows
are read by a process of its own, which starts with the first list and ends after ten minutes without one.`,
    body: [figures, ...claims].join("\n\n"),
  };
}

const both = (times) => `${ms(quantile(times, 0.5))} / ${ms(quantile(times, 0.99))}`;
