// The process of one contender. What it writes to its standard output goes nowhere, but costs it what it costs.
import { handleCalls } from "../process.mjs";

handleCalls({
  /** Starts the server. @returns `{ url, start }`: where it listens, and the request with which a browser begins. */
  async open({ contender, ...parts }) {
    const { open } = await import(`./contenders/${contender}.mjs`);
    return open(parts);
  },

  /** @returns user and system CPU time of this process so far, in microseconds */
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
