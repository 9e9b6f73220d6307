// The server's process, which also says what it holds.
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { handleCalls } from "../process.mjs";

let walPath;
let port;

handleCalls({
  async open(parts) {
    mkdirSync(parts.folder, { recursive: true });
    walPath = join(parts.folder, "wechat-login.sqlite-wal");
    const { open } = await import("../sign-in/contenders/this-system.mjs");
    const opened = await open(parts);
    port = Number(new URL(opened.url).port);
    return opened;
  },

  state,

  /** The same without what the next garbage collection frees. */
  stateAfterCollection() {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    for (let n = 0; n < 2; n++) collect();
    return state();
  },
});

function state() {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    rss,
    heap: heapUsed,
    descriptors: openDescriptors(),
    walBytes: statSync(walPath, { throwIfNoEntry: false })?.size ?? 0,
  };
}

/** Without the connections of the browsers: as many as happen to be open at the moment, and theirs to close. */
function openDescriptors() {
  const ofBrowsers = connectionsTo(port);
  return readdirSync("/proc/self/fd").filter((fd) => !ofBrowsers.has(targetOf(fd))).length;
}

function targetOf(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined; // the descriptor that listed the folder
  }
}

/** The sockets whose own port is this one and which do not listen, named as in /proc/self/fd. */
function connectionsTo(ownPort) {
  const listening = "0A";
  const lines = ["tcp", "tcp6"].flatMap((file) =>
    readFileSync(`/proc/self/net/${file}`, "utf8").split("\n").slice(1),
  );
  const sockets = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, own]) => own?.split(":")[1] !== undefined);
  const own = ([, address, , state]) =>
    Number.parseInt(address.split(":")[1], 16) === ownPort && state !== listening;
  return new Set(sockets.filter(own).map((fields) => `socket:[${fields[9]}]`));
}
