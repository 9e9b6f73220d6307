// How long each list of the console takes at the API's edge, with few people and with many, and what others wait meanwhile.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm } from "../../scripts/pnpm.mjs";
import { claim, table } from "../page.mjs";
import { startPostgres } from "../postgres.mjs";
import { quantile } from "../spread.mjs";
import { calls as betterAuthCalls, startBetterAuth } from "./better-auth.mjs";
import { callsOf, samplesOf } from "./calls.mjs";
import { seed, startServer } from "./server.mjs";

const numbers = (text) => text.split(",").map(Number);

/** LISTS_ENGINES names one of them. */
const engines = (process.env.LISTS_ENGINES ?? "SQLite,PostgreSQL").split(",");

/** Two sizes; LISTS_PEOPLE and LISTS_FAILURES name others. Seeded databases are kept in LISTS_DIR. */
const sizes = numbers(process.env.LISTS_PEOPLE ?? "10000,1000000");
const failuresOf = numbers(process.env.LISTS_FAILURES ?? sizes.map((people) => people * 5).join());
const folder = process.env.LISTS_DIR ?? join(tmpdir(), "wechat-login-lists");

const rounds = 15;
/** The first requests of a process are slower, whatever they ask for. */
const warmUps = 3;
/** Pages of 200 that a deep page comes after. */
const depth = 25;
const maxMs = 50;

export async function measure() {
  const code = await pnpm(["exec", "turbo", "run", "build", "--filter=api..."], { quiet: true });
  if (code !== 0) throw new Error(`the build ended with ${code}`);
  const results = [];
  for (const engine of engines) results.push({ engine, sizes: await measureEngine(engine) });
  return section(results, await measureBetterAuth());
}

const betterAuthPeople = 100_000;

async function measureBetterAuth() {
  const server = await startBetterAuth(betterAuthPeople);
  try {
    const times = betterAuthCalls.map(() => []);
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const [n, [query]] of betterAuthCalls.entries()) {
        const took = await timeOf(() => server.query(query));
        if (round >= 0) times[n].push(took);
      }
    }
    return betterAuthCalls.map(([, words], n) => [words, ms(quantile(times[n], 0.5))]);
  } finally {
    await server.stop();
  }
}

async function measureEngine(engine) {
  const postgres = engine === "PostgreSQL" ? await startPostgres(join(folder, "postgres")) : undefined;
  try {
    const results = [];
    for (const [n, people] of sizes.entries()) {
      const dataDir = join(folder, `${engine.toLowerCase()}-${people}`);
      const databaseUrl = await postgres?.urlOf(`lists_${people}`);
      results.push(await measureSize({ dataDir, databaseUrl, people, failures: failuresOf[n] }));
    }
    return results;
  } finally {
    await postgres?.stop();
  }
}

async function measureSize(size) {
  const { people, failures } = size;
  await seed(size);
  const server = await startServer(size);
  try {
    const lists = [];
    for (const [path, input, words] of callsOf(await samplesOf(server))) {
      lists.push({ path, words, input, cursor: await deepCursor(server, path, input), first: [], deep: [] });
    }
    // All lists in turn, so that a busy moment of the machine is not one list's alone.
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const { path, input, cursor, first, deep } of lists) {
        const took = await timeOf(() => server.query(path, input));
        const deepTook = cursor && (await timeOf(() => server.query(path, { ...input, cursor })));
        if (round < 0) continue;
        first.push(took);
        if (cursor) deep.push(deepTook);
      }
    }
    const times = lists.map(({ path, words, first, deep }) => ({
      ...{ path, words, first: quantile(first, 0.5) },
      deep: deep.length > 0 ? quantile(deep, 0.5) : undefined,
    }));
    return { people, failures, startMs: server.startMs, times, waits: await waitsDuring(server, lists) };
  } finally {
    await server.stop();
  }
}

async function timeOf(call) {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
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
async function waitsDuring(server, lists) {
  let isOver = false;
  const opened = Promise.all(
    [lists, lists.toReversed()].map(async (own) => {
      for (const { path, input } of own) await server.query(path, input);
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
      const visit = async () => (await fetch(server.url + path, { redirect: "manual" })).arrayBuffer();
      times[name].push(await timeOf(visit));
    }
  }
  await opened;
  return times;
}

const ms = (time) => (time === undefined ? "" : `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`);
const count = (number) => number.toLocaleString("en");
const listOf = ({ path, words }) => `\`${path}\` ${words}`;

function section(results, ofBetterAuth) {
  const contents = results[0].sizes.map(
    ({ people, failures }) =>
      `${count(people)} people, ${count(failures)} failures and ${count(people * 2)} sign-ins`,
  );
  return {
    title: "Lists of the console",
    reading: `How to read it: medians of ${rounds} requests over HTTP, all lists in turn, each with the operator's session, the
first page of 50 rows and the page after ${depth} pages of 200, with ${contents.join(" and with ")}. A request that would read more
rows than it may answers what it has, with "searched back to" and a cursor. Below, what \`/healthz\` and the start of a
sign-in wait while two operators open every list, and \`list-users\` of better-auth's admin plugin on SQLite with
${count(betterAuthPeople)} users, which answers in the process that people sign in with.`,
    body: [
      ...results.map(timesOf),
      waitsOf(results),
      table([`better-auth, ${count(betterAuthPeople)} users`, "median"], ofBetterAuth),
      ...results.map(claimsOf),
    ].join("\n\n"),
  };
}

function timesOf({ engine, sizes }) {
  const rows = sizes[0].times.map((list, n) => [
    listOf(list),
    ...sizes.flatMap(({ times }) => [ms(times[n].first), ms(times[n].deep)]),
  ]);
  const columns = sizes.flatMap(({ people }) => [`first page, ${count(people)}`, "deep page"]);
  return table([engine, ...columns], rows);
}

function waitsOf(results) {
  const rows = results.flatMap(({ engine, sizes }) =>
    sizes.map(({ people, startMs, waits }) => [
      `${engine}, ${count(people)} people`,
      ...[waits.healthz, waits.signIn].flatMap((times) => [ms(quantile(times, 0.5)), ms(Math.max(...times))]),
      ms(startMs),
    ]),
  );
  const columns = ["`/healthz`, median", "longest", "start of a sign-in, median", "longest"];
  return table(["", ...columns, "healthy after a start"], rows);
}

function claimsOf({ engine, sizes }) {
  const { people, times } = sizes.at(-1);
  const longest = ({ first, deep = 0 }) => Math.max(first, deep);
  const slowest = times.toSorted((a, b) => longest(b) - longest(a))[0];
  const deeper = times.filter(({ first, deep }) => deep > Math.max(1.2 * first, first + 2));
  return [
    claim(
      `${engine}: every list answers within ${maxMs} ms with ${count(people)} people (the slowest: ${listOf(slowest)}, ${ms(longest(slowest))})`,
      longest(slowest) <= maxMs,
    ),
    claim(
      `${engine}: a deep page takes at most 1.2 × the first one, or 2 ms more${deeper.length > 0 ? ` (not: ${deeper.map(listOf).join(", ")})` : ""}`,
      deeper.length === 0,
    ),
    claim(
      `${engine}: the server is healthy within 2 s on an existing database`,
      sizes.every(({ startMs }) => startMs <= 2_000),
    ),
  ].join("\n");
}
