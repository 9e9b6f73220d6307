import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between us and a server and can do what networks do to a connection. */
export interface Gate {
  port: number;
  /** Ends every connection and refuses new ones. */
  shut(): void;
  /** Lets nothing through, and says nothing about it. */
  freeze(): void;
  open(): void;
  close(): Promise<void>;
}

export async function startGate(to: { host: string; port: number }): Promise<Gate> {
  const sockets = new Set<Socket>();
  let state: "open" | "shut" | "frozen" = "open";
  const server = createServer((here) => {
    if (state === "shut") return void here.destroy();
    const there = connect(to);
    for (const [from, into] of [
      [here, there],
      [there, here],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => into.write(bytes));
      from.on("error", () => into.destroy());
      from.on("close", () => {
        into.destroy();
        sockets.delete(from);
      });
      if (state === "frozen") from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const each = (act: (socket: Socket) => void) => {
    for (const socket of sockets) act(socket);
  };
  return {
    port: (server.address() as AddressInfo).port,
    shut() {
      state = "shut";
      each((socket) => socket.destroy());
    },
    freeze() {
      state = "frozen";
      each((socket) => socket.pause());
    },
    open() {
      state = "open";
      each((socket) => socket.resume());
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        each((socket) => socket.destroy());
      }),
  };
}
