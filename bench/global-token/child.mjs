// One of the processes that share an account's token.
import { setImmediate } from "node:timers/promises";
import { answer } from "../process.mjs";

const callers = Array.from({ length: 50 });
/** So many good calls, and the load is on. */
const enough = 100;

let call;
let load;
let isRevoked = false;
let tally = newTally();

function newTally() {
  return { calls: 0, failures: {} };
}

/** One call of an application: it takes the token as the contender gives it, and fails or does not. */
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

answer({
  async open({ contender, ...options }) {
    const { open } = await import(`./contenders/${contender}.mjs`);
    call = await open(options);
  },

  /** All callers at once, one call each. */
  async cold() {
    await Promise.all(callers.map(callOnce));
    return takeTally();
  },

  /** All callers, call after call. Returns when that goes well; it goes on. */
  load: () =>
    new Promise((resolve) => {
      let good = 0;
      load = Promise.all(
        callers.map(async () => {
          while (!isRevoked) {
            if (await callOnce()) good += 1;
            else await setImmediate();
            if (good === enough) resolve();
          }
        }),
      );
    }),

  /** The token was revoked a moment ago: so many more calls of each caller, then it is over. */
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
