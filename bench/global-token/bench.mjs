// How often an account's global token is fetched, and how many calls fail, when several processes need it at once:
// without a token, and after a revocation under load. The simulator counts fetches, the callers count failures.
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startSimulator } from "@wechat-login/simulator";
import { claim, table } from "../page.mjs";
import { startProcess } from "../process.mjs";
import { startRedis } from "./redis.mjs";

const keeperOnRedis = "keeper-on-redis";
const contenders = {
  [keeperOnRedis]: "**@wechat-login/oauth**, keepers on one Redis",
  "keeper-in-memory": "**@wechat-login/oauth**, no store",
  "co-wechat-api-on-redis": "co-wechat-api 3.11.0, `getToken` and `saveToken` on one Redis",
  "co-wechat-api-in-memory": "co-wechat-api 3.11.0, no store",
};

const processes = 4;
/** Per caller; a process has 50 callers. */
const callsAfter = 20;

/** A verified account, with WeChat's documented 2000 tokens a day; the demo account has 200. */
const account = {
  appId: "wx51a0b1c2d3e4f5aa",
  appSecret: "5d0c1a7e0000000000000000000000aa",
  kind: "official_account",
  name: "Bench",
};

/** A little longer than WeChat accepts the previous token of cgi-bin/token. */
const overlapSeconds = 301;

const script = fileURLToPath(new URL("child.mjs", import.meta.url));

export async function measure() {
  const redis = await startRedis();
  if (!redis) throw new Error("no Redis: set REDIS_URL, or put a redis-server on the PATH");
  try {
    const results = [];
    for (const name of Object.keys(contenders)) results.push({ name, ...(await run(name, redis.url)) });
    return section(results);
  } finally {
    await redis.stop();
  }
}

/** Runs one contender against a separate simulator. */
async function run(contender, redisUrl) {
  const simulator = await startSimulator({ apps: [account] });
  const fetches = () => simulator.calls("token") + simulator.calls("stable_token");
  const children = [];
  const callAll = (name, argument) => Promise.all(children.map((child) => child.call(name, argument)));
  try {
    for (let i = 0; i < processes; i += 1) children.push(await startProcess(script));
    const { appId, appSecret } = account;
    const prefix = `bench:${randomUUID()}:`;
    await callAll("open", { contender, apiUrl: simulator.url, appId, appSecret, redisUrl, prefix });

    const cold = sum(await callAll("cold"));
    const coldFetches = fetches();
    await callAll("load");
    const before = fetches();
    await revoke(simulator);
    const after = sum(await callAll("finish", { callsEach: callsAfter }));
    return { cold, coldFetches, after, afterFetches: fetches() - before - 2 };
  } finally {
    for (const child of children) await child.stop();
    await simulator.close();
  }
}

/**
 * Invalidates every token in use: forces a new stable token, fetches one with cgi-bin/token as another program would,
 * and lets the time pass for which WeChat accepts the previous tokens.
 */
async function revoke(simulator) {
  const { appId: appid, appSecret: secret } = account;
  const grant = { grant_type: "client_credential", appid, secret };
  const body = JSON.stringify({ ...grant, force_refresh: true });
  await fetch(`${simulator.url}/cgi-bin/stable_token`, { method: "POST", body });
  await fetch(`${simulator.url}/cgi-bin/token?${new URLSearchParams(grant)}`);
  simulator.advance(overlapSeconds);
}

function sum(tallies) {
  const calls = tallies.reduce((total, tally) => total + tally.calls, 0);
  const reasons = {};
  for (const { failures } of tallies) {
    for (const [reason, times] of Object.entries(failures)) reasons[reason] = (reasons[reason] ?? 0) + times;
  }
  const failed = Object.values(reasons).reduce((total, times) => total + times, 0);
  return { calls, failed, reasons: Object.keys(reasons) };
}

function section(results) {
  const failures = ({ calls, failed, reasons }) =>
    failed === 0 ? `0 of ${calls}` : `${failed} of ${calls} (${reasons.join(", ")})`;
  const rows = results.map(({ name, cold, coldFetches, after, afterFetches }) => [
    contenders[name],
    coldFetches,
    failures(cold),
    afterFetches,
    failures(after),
  ]);
  const columns = ["", "cold: fetches", "cold: failed calls", "revoked: fetches", "revoked: failed calls"];
  const keeper = results.find(({ name }) => name === keeperOnRedis);
  return {
    title: "One global token for many callers",
    reading: `How to read it: each fetch counts against a daily quota (2000 for \`cgi-bin/token\`) and may invalidate the
token of other processes, so the optimum is one fetch in all and no failed call. There are ${processes} processes with 50 callers
each: first ("cold") all call at once without a token; then ("revoked") all call continuously while every issued token is
invalidated. Failed calls are counted from the start of that load, fetches from the invalidation. Without a store the
optimum is one fetch per process.`,
    body: `${table(columns, rows)}

${claim("cold, @wechat-login/oauth fetches once and fails no call", keeper.coldFetches === 1 && keeper.cold.failed === 0)}
${claim("revoked under load, @wechat-login/oauth fetches once and fails no call", keeper.afterFetches === 1 && keeper.after.failed === 0)}`,
  };
}
