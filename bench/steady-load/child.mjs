// The server's process, which also says what it holds.
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { handleCalls } from "../process.mjs";

let walPath;

handleCalls({
  async open(parts) {
    mkdirSync(parts.folder, { recursive: true });
    walPath = join(parts.folder, "wechat-login.sqlite-wal");
    const { open } = await import("../sign-in/contenders/this-system.mjs");
    return open(parts);
  },

  state() {
    const { rss, heapUsed } = process.memoryUsage();
    return {
      rss,
      heap: heapUsed,
      descriptors: readdirSync("/proc/self/fd").length,
      walBytes: statSync(walPath, { throwIfNoEntry: false })?.size ?? 0,
    };
  },
});
