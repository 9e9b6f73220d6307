import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSystem, startSystem } from "../support/system.js";

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection, and when the server ended it. */
function open(send: (socket: Socket) => void): Promise<{ endedAfterMs: number }> {
  const { hostname, port } = new URL(system.localUrl);
  const from = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => send(socket));
    socket.on("error", () => {}); // it is cut
    socket.resume();
    socket.on("close", () => resolve({ endedAfterMs: performance.now() - from }));
  });
}

/** Sends a text one byte a second, for as long as it may. */
async function trickle(socket: Socket, text: string): Promise<void> {
  for (const byte of text) {
    if (socket.destroyed) return;
    socket.write(byte);
    await pause(1_000);
  }
}

const headers = "Host: localhost\r\nContent-Type: application/json\r\nOrigin: http://localhost\r\n";
const slowClients: [what: string, send: (socket: Socket) => void][] = [
  ["say nothing", () => {}],
  [
    "send their headers byte by byte",
    (socket) => void trickle(socket, `GET /healthz HTTP/1.1\r\nX: ${"a".repeat(60)}`),
  ],
  [
    "send their body byte by byte",
    (socket) => {
      socket.write(`POST /admin/trpc/operator.signIn HTTP/1.1\r\n${headers}Content-Length: 60\r\n\r\n`);
      void trickle(socket, "a".repeat(59));
    },
  ],
  [
    "keep a connection open after their answer",
    (socket) => socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  ],
];

describe("two hundred slow clients of four kinds", () => {
  it("are cut within 30 s, and meanwhile others are answered as quickly as ever [T98]", async () => {
    const times: number[] = [];
    let areCut = false;
    const others = (async () => {
      while (!areCut) {
        const from = performance.now();
        expect((await fetch(`${system.localUrl}/healthz`)).status).toBe(200);
        times.push(performance.now() - from);
        await pause(50);
      }
    })();
    const kinds = await Promise.all(
      slowClients.map(async ([what, send]) => {
        const ended = await Promise.all(Array.from({ length: 50 }, () => open(send)));
        return { what, slowestMs: Math.max(...ended.map(({ endedAfterMs }) => endedAfterMs)) };
      }),
    );
    areCut = true;
    await others;
    for (const { what, slowestMs } of kinds) expect(slowestMs, what).toBeLessThan(30_000);
    const p95 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
    console.info(
      `${kinds.map(({ what, slowestMs }) => `${what}: ${(slowestMs / 1000).toFixed(1)} s`).join(", ")}; others p95 ${p95.toFixed(0)} ms`,
    );
    expect(p95).toBeLessThan(200);
  });
});
