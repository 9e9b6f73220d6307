import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of a server that can fail as a network does. */
export interface TcpProxy {
  port: number;
  /** Closes every connection and refuses new ones. */
  disconnect(): void;
  /** Keeps the connections open but forwards nothing. */
  freeze(): void;
  /** Forwards nothing on the connections that are open now, as a router that forgot them. New ones work. */
  forget(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(to: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let state: "connected" | "disconnected" | "frozen" = "connected";
  const server = createServer((client) => {
    if (state === "disconnected") return void client.destroy();
    const upstream = connect(to);
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
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
    disconnect() {
      state = "disconnected";
      each((socket) => socket.destroy());
    },
    freeze() {
      state = "frozen";
      each((socket) => socket.pause());
    },
    forget() {
      state = "connected";
      each((socket) => socket.pause());
    },
    restore() {
      state = "connected";
      each((socket) => socket.resume());
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        each((socket) => socket.destroy());
      }),
  };
}
