// A whole sign-in: the start, WeChat's redirect back, and all that the server does for it. Each server in its own process,
// WeChat's answers from one other process, over plain HTTP.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Agent } from "undici";
import { pnpm } from "../../scripts/pnpm.mjs";
import { claim, table } from "../page.mjs";
import { startPostgres } from "../postgres.mjs";
import { startProcess } from "../process.mjs";
import { quantile, spread } from "../spread.mjs";
import { signIn } from "./browser.mjs";

const [raw, fair, sqlite, postgres, peer] = [
  "raw-floor",
  "fair-floor",
  "this-system",
  "this-system-on-postgres",
  "better-auth",
];
const contenders = {
  [raw]: "raw floor: the least that a correct callback can do",
  [fair]: "fair floor: the same facts by hand, each sign-in committed alone",
  [sqlite]: "**this system** on SQLite",
  [postgres]: "**this system** on PostgreSQL",
  [peer]: "better-auth 1.7 with its WeChat provider, on SQLite",
};
const phases = ["new", "returning"];

/** Of each round; SIGN_IN_ROUNDS and SIGN_IN_PEOPLE name others. */
const people = Number(process.env.SIGN_IN_PEOPLE ?? 200);
const rounds = Number(process.env.SIGN_IN_ROUNDS ?? 9);
const warmUps = 4;
const concurrency = 32;

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function measure() {
  const code = await pnpm(["exec", "turbo", "run", "build", "--filter=api..."], { quiet: true });
  if (code !== 0) throw new Error(`the build ended with ${code}`);
  const folder = mkdtempSync(join(tmpdir(), "bench-sign-in-"));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user
  const database = await startPostgres(join(folder, "postgres"));
  const wechat = await startProcess(script("../wechat.mjs"));
  const servers = [];
  try {
    const wechatUrl = await wechat.call("listen");
    for (const name of Object.keys(contenders)) {
      const own = join(folder, name);
      mkdirSync(own);
      const child = await startProcess(script("child.mjs"), { stdout: "ignore" });
      const databaseUrl = name === postgres ? await database.urlOf("sign_ins") : undefined;
      const contender = name === postgres ? sqlite : name;
      servers.push({ name, child });
      const opened = await child.call("open", { contender, wechatUrl, folder: own, databaseUrl });
      Object.assign(servers.at(-1), opened, { dispatcher: new Agent({ connections: concurrency }) });
    }
    return section(await alternate(servers));
  } finally {
    for (const { child, dispatcher } of servers) {
      await dispatcher?.destroy();
      await child.stop();
    }
    await wechat.stop();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All servers in turn, so that a busy moment of the machine is not one server's alone. */
async function alternate(servers) {
  const results = new Map(servers.map(({ name }) => [name, { new: [], returning: [] }]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      for (const phase of phases) {
        const result = await runPhase(server, (round + warmUps) * people);
        if (round >= 0) results.get(server.name)[phase].push(result);
      }
    }
  }
  return results;
}

/** The same people twice: first they are new, then they return. */
async function runPhase(server, firstPerson) {
  const times = [];
  let next = 0;
  const before = await server.child.call("cpu");
  const startedAt = performance.now();
  const worker = async () => {
    while (next < people) {
      const number = firstPerson + next++;
      const begunAt = performance.now();
      await signIn(server, number);
      times.push(performance.now() - begunAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = ((await server.child.call("cpu")) - before) / people;
  return { cpu, perSecond: people / seconds, times };
}

function section(results) {
  const ratio = (name, base, phase) =>
    quantile(
      results.get(name)[phase].map(({ cpu }, round) => cpu / results.get(base)[phase][round].cpu),
      0.5,
    );
  const tables = phases.map((phase) => tableOf(results, phase, ratio));
  const fraction = (phase) => 1 / ratio(sqlite, peer, phase);
  return {
    title: "A whole sign-in",
    reading: `How to read it: each of ${rounds} rounds has ${people} sign-ins of new people and then of the same people again, ${concurrency} at a
time, each in a browser without cookies: the start, and the callback with one call to WeChat, or two where a profile is
read. CPU is that of the server's process alone (user and system), and the ratios are medians of those within one round. All
servers run in turn on one machine, with the browsers and WeChat, so sign-ins per second say less than the CPU. This system
has its rate limit on, its log and its defaults; \`synchronous\` is NORMAL wherever SQLite is used.`,
    body: `${tables.join("\n\n")}

${claim(`on SQLite a returning person costs at most 1/7 of what better-auth takes (here 1/${fraction("returning").toFixed(1)})`, fraction("returning") >= 7)}
${claim(`on SQLite a new person costs at most 1/5 of what better-auth takes (here 1/${fraction("new").toFixed(1)})`, fraction("new") >= 5)}
${phases.map((phase) => claim(`on SQLite a ${phase} person costs at most 1.25 × the fair floor (here ${ratio(sqlite, fair, phase).toFixed(2)})`, ratio(sqlite, fair, phase) <= 1.25)).join("\n")}`,
  };
}

function tableOf(results, phase, ratio) {
  const rows = [...results.keys()].map((name) => {
    const own = results.get(name)[phase];
    const times = own.flatMap((round) => round.times);
    const cpu = spread(own.map((round) => round.cpu));
    return [
      contenders[name],
      `${Math.round(cpu.median)} µs`,
      ratio(name, peer, phase).toFixed(2),
      ratio(name, fair, phase).toFixed(2),
      Math.round(
        quantile(
          own.map((round) => round.perSecond),
          0.5,
        ),
      ),
      `${Math.round(quantile(times, 0.5))} ms`,
      `${Math.round(quantile(times, 0.99))} ms`,
    ];
  });
  const columns = ["CPU", "× better-auth", "× fair floor", "sign-ins/s", "p50", "p99"];
  return table([`${phase} people`, ...columns], rows);
}
