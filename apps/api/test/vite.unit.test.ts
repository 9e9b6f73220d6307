import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { viteProxies } from "../src/http/vite.js";

// In development, the files of both sites come through the api from their Vite servers.

let vite: Record<"login" | "admin", Server>;
let seen: string[];
let app: FastifyInstance;
let origin: string;

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A Vite server as far as a proxy sees it: it says what it was asked for, and greets on a WebSocket. */
async function startVite(name: string): Promise<Server> {
  const server = createServer(({ method, url }, response) => {
    seen.push(`${method} ${url}`);
    response.setHeader("x-vite", name).end(`${name} ${url}`);
  });
  server.on("upgrade", ({ headers, url }, socket) => {
    const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    const text = `${name} ${url}`;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

beforeEach(async () => {
  seen = [];
  vite = { login: await startVite("login"), admin: await startVite("admin") };
  app = Fastify({ forceCloseConnections: true });
  app.get("/login/wechat", async () => "a sign-in");
  await viteProxies(app, {
    login: `http://127.0.0.1:${portOf(vite.login)}`,
    admin: `http://127.0.0.1:${portOf(vite.admin)}`,
  });
  origin = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  await app.close();
  for (const server of Object.values(vite)) {
    server.closeAllConnections();
    server.close();
  }
});

describe("the files of the sites in development", () => {
  it.each(["login", "admin"])(
    "come from the Vite server of their prefix, under the same address: %s",
    async (site) => {
      const address = `/${site}/src/main.ts?v=2`;
      const response = await fetch(origin + address);
      expect([response.status, response.headers.get("x-vite"), await response.text()]).toEqual([
        200,
        site,
        `${site} ${address}`,
      ]);
      const head = await fetch(origin + address, { method: "HEAD" });
      expect([head.status, head.headers.get("x-vite")]).toEqual([200, site]);
      expect(seen).toEqual([`GET ${address}`, `HEAD ${address}`]);
    },
  );

  it("come after the routes of the api", async () => {
    expect(await (await fetch(`${origin}/login/wechat`)).text()).toBe("a sign-in");
    expect(seen).toEqual([]);
  });

  it("are asked for with GET and HEAD only", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      expect((await fetch(`${origin}/admin/people`, { method })).status, method).toBe(404);
    }
    expect(seen).toEqual([]);
  });

  it.each(["login", "admin"])("are told of changes over a WebSocket: %s", async (site) => {
    const client = request(`${origin}/${site}/?token=hmr`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": Buffer.alloc(16).toString("base64"),
      },
    });
    client.end();
    const [response, socket, head] = await once(client, "upgrade");
    const frame: Buffer = head.length > 0 ? head : (await once(socket, "data"))[0];
    socket.destroy();
    expect([response.statusCode, frame.subarray(2).toString()]).toEqual([101, `${site} /${site}/?token=hmr`]);
  });
});
