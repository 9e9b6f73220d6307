import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

// A thread with a connection of its own: see sqlite-checkpointer.ts. It is JavaScript, so that it starts alike, and quickly, from the
// sources and from the build.

const Sqlite = createRequire(import.meta.url)(workerData.modulePath);
let client;

parentPort.on("message", (message) => {
  if (message === "close") {
    client?.close();
    parentPort.close();
    return;
  }
  try {
    client ??= new Sqlite(workerData.databasePath, { fileMustExist: true, timeout: 0 });
    client.pragma("wal_checkpoint(PASSIVE)");
    parentPort.postMessage({});
  } catch ({ message: problem, code }) {
    parentPort.postMessage({ error: { message: problem, code } });
  }
});
