import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

// A process that reads one query after another for the console: see process.ts. It is JavaScript, so that it starts alike, and
// quickly, from the sources and from the build.

const [modulePath, databasePath, parentPid] = process.argv.slice(2);
const Sqlite = createRequire(import.meta.url)(modulePath);
let client;

function open() {
  // Its parent waits for locks, and tries again.
  client = new Sqlite(databasePath, { readonly: true, fileMustExist: true, timeout: 0 });
  client.pragma("trusted_schema = OFF");
  // A filtered list reads thousands of rows at random places: mapped into memory, in half the time. A file that another program
  // shortens would end this process, and only this one. The most that SQLite maps is 2 GiB.
  client.pragma(`mmap_size = ${2 ** 31}`);
  return client;
}

process.on("message", ({ sql, params }) => {
  try {
    const rows = (client ?? open())
      .prepare(sql)
      .raw()
      .all(...params);
    process.send({ rows });
  } catch ({ message, code }) {
    process.send({ error: { message, code } });
  }
});

// A terminal and systemd send them to all processes of a group, and the parent may still be answering requests.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});

process.on("disconnect", () => process.exit());

// While a query runs, this thread does not hear that the parent was killed. Another one looks; exit() would wait for the query.
new Worker(
  `setInterval(() => { if (process.ppid !== ${Number(parentPid)}) process.kill(process.pid, "SIGKILL"); }, 500)`,
  { eval: true },
).unref();

process.send({ rows: [] }); // it has started
