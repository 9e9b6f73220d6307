// How long each list of the console takes at the API's edge, with few people and with many, and what others wait meanwhile.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm } from "../../scripts/pnpm.mjs";
import { claim, table } from "../page.mjs";
import { quantile } from "../spread.mjs";
import { callsOf, samplesOf } from "./calls.mjs";
import { seed, startServer } from "./server.mjs";

const numbers = (text) => text.split(",").map(Number);

/** Two sizes; LISTS_PEOPLE and LISTS_FAILURES name others. A seeded database is kept in LISTS_DIR. */
const sizes = numbers(process.env.LISTS_PEOPLE ?? "10000,1000000");
const failuresOf = numbers(process.env.LISTS_FAILURES ?? sizes.map((people) => people * 5).join());
const folder = process.env.LISTS_DIR ?? join(tmpdir(), "wechat-login-lists");

const rounds = 15;
/** Pages of 200 that a deep page comes after. */
const depth = 25;
const maxMs = 50;

export async function measure() {
  const code = await pnpm(["exec", "turbo", "run", "build", "--filter=api..."], { quiet: true });
  if (code !== 0) throw new Error(`the build ended with ${code}`);
  const results = [];
  for (const [n, people] of sizes.entries()) results.push(await measureSize(people, failuresOf[n]));
  return section(results);
}

async function measureSize(people, failures) {
  const size = { dataDir: join(folder, String(people)), people, failures };
  await seed(size);
  const server = await startServer(size);
  try {
    const calls = callsOf(await samplesOf(server));
    const times = [];
    // The first requests of a process are slower, whatever they ask for.
    for (let round = 0; round < 3; round += 1)
      for (const [path, input] of calls) await server.query(path, input);
    for (const [path, input, words] of calls) {
      const first = await medianOf(() => server.query(path, input));
      const cursor = await deepCursor(server, path, input);
      const deep = cursor && (await medianOf(() => server.query(path, { ...input, cursor })));
      times.push({ path, words, first, deep });
    }
    return { people, failures, startMs: server.startMs, times, waits: await waitsDuring(server, calls) };
  } finally {
    await server.stop();
  }
}

async function medianOf(call) {
  await call();
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return quantile(times, 0.5);
}

/** Undefined for a list that ends before, or that has no pages. */
async function deepCursor({ query }, path, input) {
  let cursor;
  for (let page = 0; page < depth; page += 1) {
    const answer = await query(path, {
      ...input,
      ...(path.endsWith("list") || cursor ? { limit: 200 } : {}),
      cursor,
    });
    if (!answer.nextCursor) return undefined;
    cursor = answer.nextCursor;
  }
  return cursor;
}

/** Two operators open every list, one after another; others ask for /healthz and begin a sign-in. */
async function waitsDuring(server, calls) {
  let isOver = false;
  const lists = Promise.all(
    [calls, calls.toReversed()].map(async (own) => {
      for (const [path, input] of own) await server.query(path, input);
    }),
  ).finally(() => {
    isOver = true;
  });
  const times = { healthz: [], signIn: [] };
  while (!isOver) {
    for (const [name, path] of [
      ["healthz", "/healthz"],
      ["signIn", "/login/wechat"],
    ]) {
      const startedAt = performance.now();
      const answer = await fetch(server.url + path, { redirect: "manual" });
      await answer.arrayBuffer();
      times[name].push(performance.now() - startedAt);
    }
  }
  await lists;
  return times;
}

function section(results) {
  const [few, many] = [results[0], results.at(-1)];
  const ms = (time) => (time === undefined ? "" : `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`);
  const count = (number) => number.toLocaleString("en");
  const rows = few.times.map(({ path, words }, n) => [
    `\`${path}\` ${words}`,
    ...results.flatMap(({ times }) => [ms(times[n].first), ms(times[n].deep)]),
  ]);
  const all = many.times.flatMap(({ first, deep }) => [first, deep ?? 0]);
  const slowest = many.times.toSorted(
    (a, b) => Math.max(b.first, b.deep ?? 0) - Math.max(a.first, a.deep ?? 0),
  )[0];
  const deeper = many.times.filter(({ first, deep }) => deep > Math.max(1.2 * first, first + 2));
  const waits = results.map(({ people, startMs, waits }) => [
    `${count(people)} people`,
    ...[waits.healthz, waits.signIn].flatMap((times) => [ms(quantile(times, 0.5)), ms(Math.max(...times))]),
    ms(startMs),
  ]);
  return {
    title: `Lists of the console on ${process.env.DATABASE_URL ? "PostgreSQL" : "SQLite"}`,
    reading: `How to read it: medians of ${rounds} requests over HTTP, one after another, each with the operator's session, the
first page of 50 rows and the page after ${depth} pages of 200, with ${results.map(({ people, failures }) => `${count(people)} people, ${count(failures)} failures and ${count(people * 2)} sign-ins`).join(" and with ")}. A request that would read more
rows than it may answers what it has, with "searched back to" and a cursor. Below, what \`/healthz\` and the start of a
sign-in wait while two operators open every list.`,
    body: `${table(
      ["list", ...results.flatMap(({ people }) => [`first page, ${count(people)}`, "deep page"])],
      rows,
    )}

${table(["", "`/healthz`, median", "longest", "start of a sign-in, median", "longest", "healthy after a start"], waits)}

${[
  claim(
    `every list answers within ${maxMs} ms with ${count(many.people)} people (the slowest: \`${slowest.path}\` ${slowest.words}, ${ms(Math.max(...all))})`,
    Math.max(...all) <= maxMs,
  ),
  claim(`a deep page takes at most 1.2 × the first one, or 2 ms more`, deeper.length === 0),
  claim(
    `the server is healthy within 2 s on an existing database`,
    results.every(({ startMs }) => startMs <= 2_000),
  ),
].join("\n")}`,
  };
}
