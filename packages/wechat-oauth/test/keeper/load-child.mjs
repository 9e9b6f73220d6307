// One of the processes of many-processes.test.ts, with the built package. Commands of its parent:
//   { settings }       connects; reports { did: "connected" }
//   { do: "cold" }     50 callers at once, one call each; reports { did: "cold", failed }
//   { do: "load" }     50 callers, each call after call; reports { did: "busy" } after 100 successful calls, and
//                      { did: "renewed" } after 100 with another token
//   { do: "finish" }   no further calls; reports { did: "finished", calls, failed }
import { Redis } from "ioredis";

const callers = Array.from({ length: 50 });
const reportAfter = 100;

let redis;
let keeper;
let apiUrl;
let isFinishing = false;
const firstValues = new Set();
const counts = { calls: 0, failed: 0, withFirst: 0, withOther: 0 };

/** A call that needs the app's token, as an application would write it. */
async function call(token) {
  const response = await fetch(`${apiUrl}/cgi-bin/get_api_domain_ip?access_token=${token}`);
  const answer = await response.json();
  if (answer.errcode)
    throw Object.assign(new Error(`errcode ${answer.errcode}`), { errcode: answer.errcode });
  return token;
}

async function callOnce(onSuccess) {
  counts.calls += 1;
  try {
    onSuccess(await keeper.use(call));
  } catch {
    counts.failed += 1;
  }
}

async function connect({ dist, redisUrl, appId, appSecret, simulatorUrl, prefix }) {
  const { WeChatOAuthClient } = await import(`${dist}/index.js`);
  const { TokenKeeper, stableTokenSource } = await import(`${dist}/keeper.js`);
  const { redisStore } = await import(`${dist}/redis.js`);
  apiUrl = simulatorUrl;
  redis = new Redis(redisUrl);
  const client = new WeChatOAuthClient({ appId, appSecret, apiUrl });
  keeper = new TokenKeeper({ source: stableTokenSource(client), store: redisStore(redis, { prefix }) });
  process.send({ did: "connected" });
}

async function cold() {
  await Promise.all(callers.map(() => callOnce((value) => firstValues.add(value))));
  process.send({ did: "cold", failed: counts.failed });
}

async function load() {
  const count = (value) => {
    if (firstValues.has(value)) {
      counts.withFirst += 1;
      if (counts.withFirst === reportAfter) process.send({ did: "busy" });
    } else {
      counts.withOther += 1;
      if (counts.withOther === reportAfter) process.send({ did: "renewed" });
    }
  };
  await Promise.all(
    callers.map(async () => {
      while (!isFinishing) await callOnce(count);
    }),
  );
  redis.disconnect();
  process.send({ did: "finished", calls: counts.calls, failed: counts.failed });
  process.disconnect();
}

process.on("message", (message) => {
  if (message.settings) void connect(message.settings);
  else if (message.do === "cold") void cold();
  else if (message.do === "load") void load();
  else isFinishing = true;
});
