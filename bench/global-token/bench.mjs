// How often an account's global token is fetched, and how many calls fail, when several processes need it at once:
// with nothing known yet, and when the token dies under load. Counted by the simulator and by the callers.
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startSimulator } from "wechat-simulator";
import { claim, table } from "../page.mjs";
import { startProcess } from "../process.mjs";
import { startRedis } from "./redis.mjs";

const ours = "keeper-on-redis";
const contenders = {
  [ours]: "**wechat-oauth**, keepers on one Redis",
  "keeper-in-memory": "**wechat-oauth**, no store",
  "co-wechat-api-on-redis": "co-wechat-api 3.11.0, `getToken` and `saveToken` on one Redis",
  "co-wechat-api-in-memory": "co-wechat-api 3.11.0, no store",
};

const processes = 4;
/** Of each caller, of which a process has 50. */
const callsAfter = 20;

/** A verified account, with WeChat's documented 2000 tokens a day: the demo account has 200. */
const account = {
  appId: "wx51a0b1c2d3e4f5aa",
  appSecret: "5d0c1a7e0000000000000000000000aa",
  kind: "official_account",
  name: "Bench",
};

/** A little more than an old token of cgi-bin/token lives beside its successor. */
const changeOverSeconds = 301;

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

/** One contender against a WeChat of its own. */
async function run(contender, redisUrl) {
  const simulator = await startSimulator({ apps: [account] });
  const fetches = () => simulator.calls("token") + simulator.calls("stable_token");
  const children = [];
  const tell = (name, argument) => Promise.all(children.map((child) => child.ask(name, argument)));
  try {
    for (let i = 0; i < processes; i += 1) children.push(await startProcess(script));
    const { appId, appSecret } = account;
    const prefix = `bench:${randomUUID()}:`;
    await tell("open", { contender, apiUrl: simulator.url, appId, appSecret, redisUrl, prefix });

    const cold = sum(await tell("cold"));
    const coldFetches = fetches();
    await tell("load");
    const before = fetches();
    await revoke(simulator);
    const after = sum(await tell("finish", { callsEach: callsAfter }));
    return { cold, coldFetches, after, afterFetches: fetches() - before - 2 };
  } finally {
    for (const child of children) await child.stop();
    await simulator.close();
  }
}

/**
 * Ends every token that anybody holds: an operator forces a new stable token, another program of the account
 * fetches by cgi-bin/token, and the time that old tokens have beside their successor is over.
 */
async function revoke(simulator) {
  const { appId: appid, appSecret: secret } = account;
  const grant = { grant_type: "client_credential", appid, secret };
  const body = JSON.stringify({ ...grant, force_refresh: true });
  await fetch(`${simulator.url}/cgi-bin/stable_token`, { method: "POST", body });
  await fetch(`${simulator.url}/cgi-bin/token?${new URLSearchParams(grant)}`);
  simulator.advance(changeOverSeconds);
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
  const mine = results.find(({ name }) => name === ours);
  return {
    title: "One global token for many",
    reading: `How to read it: each fetch counts against a day's quota (2000 by \`cgi-bin/token\`) and may end the token that
others hold, so the best there is is one fetch for everybody, and no call that fails. ${processes} processes with 50 callers each:
first all at once with no token known; then, while all of them call on and on, every token given out so far dies.
Failed calls are counted from the start of that load, fetches
from the death of the tokens. Without a store one fetch for each process is the least.`,
    body: `${table(columns, rows)}

${claim("cold, ours fetches once and fails no call", mine.coldFetches === 1 && mine.cold.failed === 0)}
${claim("revoked under load, ours fetches once and fails no call", mine.afterFetches === 1 && mine.after.failed === 0)}`,
  };
}
