// CPU time of the client's process from a code to a profile. Over plain HTTP, because TLS costs all contenders the
// same and would hide the difference.
import { fileURLToPath } from "node:url";
import { claim, table } from "../page.mjs";
import { startProcess } from "../process.mjs";
import { spread } from "../spread.mjs";

const base = "bare-fetch";
const library = "wechat-oauth";
const libraryOnNode = "wechat-oauth-on-node";
const contenders = {
  [base]: "bare `fetch` + `JSON.parse`",
  [library]: "**@wechat-login/oauth** (this repository)",
  [libraryOnNode]: "**@wechat-login/oauth** with `nodeTransport()` of `@wechat-login/oauth/node`",
  "co-wechat-oauth": "co-wechat-oauth 2.0.1",
  "wechat-oauth-of-npm": "wechat-oauth 1.5.0 (of npm)",
};

const people = 100;
const concurrency = 16;
const warmUps = 60;
const rounds = 201;
const maxRatio = 1.2;

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function measure() {
  const names = Object.keys(contenders);
  const wechat = await startProcess(script("../wechat.mjs"));
  const children = new Map();
  try {
    const apiUrl = await wechat.call("listen");
    for (const name of names) {
      const child = await startProcess(script("child.mjs"));
      children.set(name, child);
      await child.call("open", { contender: name, apiUrl, people });
    }
    return section(await rotate(children));
  } finally {
    for (const child of [...children.values(), wechat]) await child.stop();
  }
}

/** Short rounds in random order, so that other load on the machine affects all contenders alike. */
async function rotate(children) {
  const costs = new Map([...children.keys()].map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [name, child] of shuffled(children)) {
      const microseconds = await child.call("round", { concurrency });
      if (round >= 0) costs.get(name).push(microseconds);
    }
  }
  return costs;
}

function shuffled(items) {
  return [...items]
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function section(costs) {
  const ratiosOf = (name) => costs.get(name).map((cost, round) => cost / costs.get(base)[round]);
  const results = [...costs.keys()].map((name) => ({
    name,
    cost: spread(costs.get(name)),
    ratio: spread(ratiosOf(name)),
  }));
  const ratio = (name) => results.find((result) => result.name === name).ratio.median;
  const peers = results.filter(({ name }) => ![base, library, libraryOnNode].includes(name));
  const lowest = Math.min(...peers.map((peer) => peer.ratio.median));
  const rows = results.map(({ name, cost, ratio }) => [
    contenders[name],
    `${Math.round(cost.median)} µs`,
    ratio.median.toFixed(2),
    `${ratio.lowerQuarter.toFixed(2)} – ${ratio.upperQuarter.toFixed(2)}`,
    `${ratio.min.toFixed(2)} – ${ratio.max.toFixed(2)}`,
  ]);
  return {
    title: "CPU from a code to a profile",
    reading: `How to read it: the ratio is a contender's CPU time over bare \`fetch\`'s in the same round, so 1.10 means
that everything the library adds (checks, deadline, size cap, redaction) costs a tenth of the two bare requests.
${rounds} rounds of ${people} sign-ins, ${concurrency} at a time, each contender in its own process, against a local server in another
process, over plain HTTP. A ratio far below 1 means that the contender does not use Node's \`fetch\`, whose streams and
signals cost more than the libraries that use it; @wechat-login/oauth supports both.`,
    body: `${table(["", "CPU per sign-in", "ratio, median", "middle half", "all rounds"], rows)}

${claim(`@wechat-login/oauth takes at most ${maxRatio} × the CPU of bare \`fetch\` (here ${ratio(library).toFixed(3)})`, ratio(library) <= maxRatio)}
${claim(`@wechat-login/oauth with \`nodeTransport()\` takes less than every other library (the lowest of them ${lowest.toFixed(3)})`, ratio(libraryOnNode) < lowest)}`,
  };
}
