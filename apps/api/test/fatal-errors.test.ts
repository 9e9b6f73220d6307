import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { applyMigrations, listMigrations, unmigratedDatabase } from "./support/earlier-version.js";
import { onlyOn, type TestDatabase, testDatabase } from "./support/engine.js";
import { freePort } from "./support/free-port.js";
import {
  type ApiProcess,
  getStatus,
  killAll,
  spawnApi,
  waitUntil,
  waitUntilReady,
} from "./support/process.js";
import { send, sendBytes } from "./support/raw-http.js";

/** Routes and signals that make the real process fail, loaded before it starts. */
const preload = `
  import { subscribe } from "node:diagnostics_channel";
  import { Readable } from "node:stream";
  import { setTimeout as pause } from "node:timers/promises";
  let added = false;
  // Beside the app's first own route: by then its error handler is set.
  subscribe("fastify.initialization", ({ fastify }) => fastify.addHook("onRoute", ({ url }) => {
    if (url !== "/healthz" || added) return;
    added = true;
    fastify.get("/test/sync", () => { throw new Error("thrown synchronously"); });
    fastify.get("/test/async", async () => { await pause(1); throw new Error("thrown asynchronously"); });
    fastify.get("/test/hook", { preHandler: async () => { throw new Error("thrown in a hook"); } }, async () => "text");
    fastify.get("/test/broken-stream", async (_request, reply) => reply.type("text/html").send(Readable.from((async function* () {
      yield "a beginning";
      await pause(50);
      throw new Error("thrown while streaming");
    })())));
    fastify.get("/test/slow", async (request) => { await pause(Number(request.query.ms)); return "answered"; });
    fastify.get("/test/slow-stream", async (_request, reply) => reply.type("text/plain").send(Readable.from((async function* () {
      yield "a beginning, ";
      await pause(5000);
      yield "an end";
    })())));
    fastify.get("/test/accept", async () => {
      const error = Object.assign(new Error("accept ECONNABORTED"), { code: "ECONNABORTED", syscall: "accept" });
      setImmediate(() => fastify.server.emit("error", error));
      return "text";
    });
  }));
  process.on("SIGUSR2", () => setTimeout(() => { throw new Error("a stray exception with secret=hunter2"); }));
  process.on("SIGHUP", () => { Promise.reject(new Error("a stray rejection")); });
`;

let folder: string;
let preloaded: string;
let database: TestDatabase;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wechat-login-fatal-"));
  await writeFile(join(folder, "preload.mjs"), preload);
  preloaded = pathToFileURL(join(folder, "preload.mjs")).href;
  database = await testDatabase();
  port = await freePort();
});
afterAll(async () => {
  await killAll();
  await database.remove();
  await rm(folder, { recursive: true });
});

async function start({ env: databaseEnv }: Pick<TestDatabase, "env"> = database): Promise<ApiProcess> {
  const env = { DATA_DIR: folder, PORT: String(port), ...databaseEnv };
  const main = spawnApi("main", env, { preload: preloaded });
  await waitUntilReady(main, port);
  return main;
}

interface Line {
  level: number;
  event?: string;
  err?: { message: string };
}
const linesOf = (main: ApiProcess): Line[] =>
  main
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

async function expectAlive(main: ApiProcess): Promise<void> {
  expect(await getStatus(port, "/readyz")).toBe(200);
  expect(main.child.exitCode).toBeNull();
  expect(linesOf(main).filter(({ level }) => level >= 60)).toEqual([]);
}

// What a request does before it reaches the database is the same on both engines.
onlyOn("sqlite", "the process", { timeout: 60_000 }, () => {
  let main: ApiProcess;
  beforeAll(async () => {
    main = await start();
  });
  afterAll(killAll);

  it("survives a request whose handler or hook throws [T91]", async () => {
    for (const path of ["/test/sync", "/test/async", "/test/hook"]) {
      const answer = await send({ port }, { path });
      expect(answer.status, path).toBe(500);
      expect(answer.text, path).not.toContain("thrown");
    }
    for (const encoding of ["br", "identity"]) {
      const asked = `GET /test/broken-stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: ${encoding}\r\n\r\n`;
      // The connection is cut if a part was already sent. Otherwise a 500 without the stream's headers is sent.
      const answer = await sendBytes({ port }, asked);
      expect(answer, encoding).toMatch(/^HTTP\/1\.1 (200|500) /);
      if (answer.startsWith("HTTP/1.1 500 ")) {
        expect(answer).not.toMatch(/^(content-encoding|etag):/im);
        expect(answer).toContain('{"error":"Something went wrong here."');
      }
    }
    await expectAlive(main);
  });

  it("survives malformed requests and requests that break off [T91]", async () => {
    for (const bytes of [
      "no request at all\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "POST /trpc/session.signOut HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${"a".repeat(20_000)}\r\n\r\n`,
    ]) {
      expect(await sendBytes({ port }, bytes)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    }
    // An upload that stops halfway, a request that is reset, and a response that is not read to its end.
    const upload =
      "POST /trpc/session.signOut HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{";
    const slow = "GET /test/slow?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n";
    const page = "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nAccept-Encoding: br\r\n\r\n";
    for (const bytes of [upload, slow, page]) {
      for (const leave of ["destroy", "resetAndDestroy"] as const) {
        const socket = connect(port, "localhost");
        await once(socket, "connect");
        socket.write(bytes);
        await pause(50);
        socket[leave]();
      }
    }
    await pause(400);
    await expectAlive(main);
  });

  it("survives a connection that it could not accept [T91]", async () => {
    expect(await getStatus(port, "/test/accept")).toBe(200);
    await waitUntil(() => main.stdout().includes('"event":"accept_failed"'), "it is in the log");
    await expectAlive(main);
  });

  it("survives a log whose reader closed the pipe, and ends with 0 when it is stopped [T69, T91]", async () => {
    main.child.stdout?.destroy();
    main.child.stderr?.destroy();
    for (let round = 0; round < 5; round++) expect(await getStatus(port, "/nowhere")).toBe(404);
    expect(await getStatus(port, "/readyz")).toBe(200);
    main.child.kill("SIGTERM");
    await waitUntil(() => main.child.exitCode !== null, "it stops");
    expect(main.child.exitCode).toBe(0);
  });
});

describe("a failing job", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it("is logged, and the process survives it [T91]", async () => {
    const broken = await unmigratedDatabase();
    await applyMigrations(broken.raw, listMigrations());
    await broken.raw.execute("alter table operator_links rename to operator_links_away");
    const main = await start(broken.database);
    await waitUntil(() => /"event":"job_failed"/.test(main.stdout()), "the failed job is in the log");
    await expectAlive(main);
    await killAll();
    await broken.database.remove();
  });
});

describe("an unhandled error", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it.each([
    ["SIGUSR2", "uncaughtException", "a stray exception with secret=[redacted]"],
    ["SIGHUP", "unhandledRejection", "a stray rejection"],
  ] as const)(
    "is logged as fatal and ends the process with 1 once the requests in flight are answered, also if it is stopped meanwhile (%s)",
    async (signal, event, message) => {
      const main = await start();
      const inFlight = send({ port }, { path: "/test/slow?ms=1000" });
      await pause(200);
      main.child.kill(signal);
      await waitUntil(() => main.stdout().includes(event), "it is in the log");
      expect(await getStatus(port, "/readyz")).not.toBe(200);
      main.child.kill("SIGTERM");

      const { status, text } = await inFlight;
      expect([status, text]).toEqual([200, "answered"]);
      expect(await main.exit).toBe(1);
      const fatal = linesOf(main).filter(({ level }) => level === 60);
      expect(fatal).toMatchObject([{ event, err: { message } }]);
      expect(main.stdout() + main.stderr()).not.toContain("hunter2");
    },
  );

  it("turns the exit code of a stop in progress into 1 [T90]", async () => {
    const main = await start();
    const inFlight = send({ port }, { path: "/test/slow?ms=1000" });
    await pause(200);
    main.child.kill("SIGTERM");
    await pause(100);
    main.child.kill("SIGUSR2");
    expect((await inFlight).status).toBe(200);
    expect(await main.exit).toBe(1);
  });

  it("ends the process with 1 although the log pipe is closed", async () => {
    const main = await start();
    main.child.stdout?.destroy();
    main.child.stderr?.destroy();
    main.child.kill("SIGUSR2");
    await waitUntil(() => main.child.exitCode !== null, "it stops");
    expect(main.child.exitCode).toBe(1);
  });
});

onlyOn("sqlite", "an unhandled error beside a request that hangs", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it("ends the process with 1 within the grace period although more errors follow", async () => {
    const main = await start();
    const hanging = send({ port }, { path: "/test/slow?ms=60000" }).catch(() => undefined);
    await pause(200);
    const startedAt = Date.now();
    for (let round = 0; round < 3; round++) {
      main.child.kill("SIGUSR2");
      await pause(100);
    }
    expect(await main.exit).toBe(1);
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    await hanging;
  });
});

// It waits as long for requests, and answers them the same, on both engines.
onlyOn("sqlite", "a stop of the process", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it("gives a request that hangs ten seconds, during which no new one is taken, and ends with 0 [T90]", async () => {
    const main = await start();
    const hanging = send({ port }, { path: "/test/slow?ms=60000" }).catch(() => "cut off");
    await pause(200);
    const startedAt = Date.now();
    main.child.kill("SIGTERM");
    await waitUntil(async () => (await getStatus(port, "/readyz")) !== 200, "it is not ready");
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(main.child.exitCode).toBeNull();
    expect(await main.exit).toBe(0);
    const took = Date.now() - startedAt;
    expect(took).toBeGreaterThanOrEqual(10_000);
    expect(took).toBeLessThan(15_000);
    expect(await hanging).toBe("cut off");
  });

  it("still answers the next request on a busy connection as usual, with all headers [T55, T90]", async () => {
    const main = await start();
    const socket = connect(port, "localhost");
    let answers = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      answers += chunk;
    });
    socket.write("GET /test/slow-stream HTTP/1.1\r\nHost: x\r\n\r\n");
    await waitUntil(() => answers.includes("a beginning"), "the stream begins");
    main.child.kill("SIGTERM");
    await waitUntil(async () => (await getStatus(port, "/readyz")) === 0, "it accepts no new connection");
    socket.write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "close");
    const [, second = ""] = answers.split("an end");
    expect(second).toMatch(/HTTP\/1\.1 503 /);
    expect(second).toMatch(/^connection: close\r$/im);
    expect(second).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(second).toContain('{"status":"not ready"}');
    expect(await main.exit).toBe(0);
  });
});

describe("stopping the process", { timeout: 60_000 }, () => {
  afterEach(killAll);

  it("does not wait for clients that keep their connection open [T90]", async () => {
    const main = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const inFlight = new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({ host: "localhost", port, path: "/test/slow?ms=1000", agent }, (answer) => {
        answer.resume().on("end", () => resolve(answer));
      });
      sent.on("error", reject).end();
    });
    await pause(200);
    main.child.kill("SIGTERM");
    const startedAt = Date.now();
    const { statusCode, headers } = await inFlight;
    expect([statusCode, headers.connection]).toEqual([200, "close"]);
    expect(await main.exit).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    agent.destroy();
  });
});
