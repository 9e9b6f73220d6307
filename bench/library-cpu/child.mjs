// The process of one contender.

import { callbackOf, openidOf, personOf } from "../people.mjs";
import { handleCalls } from "../process.mjs";

let signIn;
let callbacks;

handleCalls({
  /** @throws unless the contender returns the profile that WeChat sent */
  async open({ contender, apiUrl, people }) {
    const { create } = await import(`./contenders/${contender}.mjs`);
    signIn = create({ apiUrl, appId: "wx51a0b1c2d3e4f501", appSecret: "5d0c1a7e0000000000000000000000a1" });
    callbacks = Array.from({ length: people }, (_, number) => callbackOf(number));
    const one = callbacks[people - 1];
    const expected = personOf(openidOf(one.code));
    const profile = await signIn(one);
    for (const field of ["openid", "nickname", "unionid"]) {
      if (profile[field] !== expected[field]) throw new Error(`${contender} returns another ${field}`);
    }
  },

  /** All people sign in, `concurrency` at a time. @returns user and system CPU time per sign-in, in microseconds */
  async round({ concurrency }) {
    let next = 0;
    const before = process.cpuUsage();
    const worker = async () => {
      while (next < callbacks.length) await signIn(callbacks[next++]);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / callbacks.length;
  },
});
