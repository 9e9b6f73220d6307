// One of the processes that use an account's token.
import { setImmediate } from "node:timers/promises";
import { handleCalls } from "../process.mjs";

const callers = Array.from({ length: 50 });
/** After this many successful calls the load counts as running. */
const successesUnderLoad = 100;

let call;
let load;
let isRevoked = false;
let tally = newTally();

function newTally() {
  return { calls: 0, failures: {} };
}

/** One call of an application with the contender's token. @returns whether it succeeded */
async function callOnce() {
  tally.calls += 1;
  try {
    await call();
    return true;
  } catch (error) {
    const reason = String(error?.errcode ?? error?.code ?? error?.reason ?? error?.name);
    tally.failures[reason] = (tally.failures[reason] ?? 0) + 1;
    return false;
  }
}

function takeTally() {
  const taken = tally;
  tally = newTally();
  return taken;
}

handleCalls({
  async open({ contender, ...options }) {
    const { open } = await import(`./contenders/${contender}.mjs`);
    call = await open(options);
  },

  /** All callers at once, one call each. */
  async cold() {
    await Promise.all(callers.map(callOnce));
    return takeTally();
  },

  /** All callers, call after call. Returns once calls succeed; the load continues. */
  load: () =>
    new Promise((resolve) => {
      let good = 0;
      load = Promise.all(
        callers.map(async () => {
          while (!isRevoked) {
            if (await callOnce()) good += 1;
            else await setImmediate();
            if (good === successesUnderLoad) resolve();
          }
        }),
      );
    }),

  /** After the revocation: each caller makes `callsEach` more calls, then the load ends. */
  async finish({ callsEach }) {
    isRevoked = true;
    await load;
    await Promise.all(
      callers.map(async () => {
        for (let i = 0; i < callsEach; i += 1) await callOnce();
      }),
    );
    return takeTally();
  },
});
