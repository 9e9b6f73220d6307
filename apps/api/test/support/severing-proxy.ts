import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A proxy that terminates a PostgreSQL connection as an administrator does, after a commit or before it. */
export interface SeveringProxy {
  url: string;
  /** The next `times` commits are executed but answered by "terminating connection due to administrator command". */
  severAfterCommit(times: number): void;
  /** The next `times` transactions begin, but the connection is closed before anything in them is answered. */
  severAfterBegin(times: number): void;
  /** The next query whose text contains `text` is executed, but the connection is closed without an answer. */
  cutAt(text: string): void;
  close(): Promise<void>;
}

const commit = Buffer.from("Q\0\0\0\x0bcommit\0", "latin1");
/** By the name of its prepared statement. */
const begin = Buffer.from("\0begin\0", "latin1");

/**
 * PostgreSQL itself does this if it logs durations: it checks for a termination request right after it writes the
 * log line of the commit, which is before the message that tells the client about the commit (ReadyForQuery).
 */
const terminated = (() => {
  const fields = Buffer.from(
    "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0",
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from("E"), length, fields]);
})();

export async function startSeveringProxy(url: string): Promise<SeveringProxy> {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  let commitsLeft = 0;
  let beginsLeft = 0;
  let cut: Buffer | undefined;
  const server = createServer((client) => {
    const database = connect(Number(to.port), to.hostname);
    let isSevering = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => database.destroy());
    database.on("close", () => client.destroy());
    client.on("data", (bytes) => {
      if (commitsLeft > 0 && bytes.includes(commit)) {
        commitsLeft -= 1;
        isSevering = true;
      }
      if (beginsLeft > 0 && bytes.includes(begin)) {
        beginsLeft -= 1;
        isSevering = true;
      }
      if (cut && bytes.includes(cut)) {
        cut = undefined;
        client.destroy();
      }
      database.write(bytes);
    });
    database.on("data", (bytes) => {
      if (!isSevering) return void client.write(bytes);
      client.end(terminated);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String((server.address() as AddressInfo).port);
  return {
    url: own.href,
    severAfterCommit(times) {
      commitsLeft = times;
    },
    severAfterBegin(times) {
      beginsLeft = times;
    },
    cutAt(text) {
      cut = Buffer.from(text);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
