// The process of one contender.
import { answer } from "../process.mjs";
import { arrival, openidOf, personOf } from "./people.mjs";

let signIn;
let arrivals;

answer({
  /** @throws unless the contender brings the profile that WeChat gave */
  async open({ contender, apiUrl, people }) {
    const { create } = await import(`./contenders/${contender}.mjs`);
    signIn = create({ apiUrl, appId: "wx51a0b1c2d3e4f501", appSecret: "5d0c1a7e0000000000000000000000a1" });
    arrivals = Array.from({ length: people }, (_, number) => arrival(number));
    const one = arrivals[people - 1];
    const expected = personOf(openidOf(one.code));
    const profile = await signIn(one);
    for (const field of ["openid", "nickname", "unionid"]) {
      if (profile[field] !== expected[field]) throw new Error(`${contender} brings another ${field}`);
    }
  },

  /** Everybody signs in, so many at a time. @returns CPU time for each, user and system, in microseconds */
  async round({ concurrency }) {
    let next = 0;
    const before = process.cpuUsage();
    const line = async () => {
      while (next < arrivals.length) await signIn(arrivals[next++]);
    };
    await Promise.all(Array.from({ length: concurrency }, line));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / arrivals.length;
  },
});
