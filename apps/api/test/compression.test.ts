import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compressResponses } from "../src/http/compression.js";
import { staticFiles } from "../src/http/static-files.js";
import { type System, startSystem } from "./support/system.js";

interface Encoded {
  status: number;
  headers: IncomingHttpHeaders;
  /** As they crossed the wire. */
  bytes: Buffer;
}

function fetchBytes(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: object; body?: Buffer } = {},
): Promise<Encoded> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "localhost", port, method, path, headers: { ...headers }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes: Buffer.concat(chunks),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

function decoded({ headers, bytes }: Encoded): string {
  const encoding = headers["content-encoding"];
  if (encoding === "br") return brotliDecompressSync(bytes).toString();
  return (encoding === "gzip" ? gunzipSync(bytes) : bytes).toString();
}

const accepting = (encoding?: string) => ({
  headers: encoding === undefined ? {} : { "accept-encoding": encoding },
});

/** What clients may say, and the encodings that each may get; undefined is none. */
const acceptHeaders: [string | undefined, string | undefined][] = [
  ["br", "br"],
  ["gzip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["br;q=0, gzip", "gzip"],
  ["BR", "br"],
  ["*", "gzip"],
  [undefined, undefined],
  ["", undefined],
  ["identity", undefined],
  ["br;q=0, gzip;q=0", undefined],
  ["identity;q=0", undefined],
  ["*;q=0", undefined],
  ["compress, x-unheard-of", undefined],
  [",;q=,=;", undefined],
];

describe("a built file", () => {
  const script = `export const text = "${"a long line ".repeat(200)}";`;
  const path = "/admin/assets/main-1a2b3c4d.js";
  let folder: string;
  let app: FastifyInstance;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wechat-login-compressed-"));
    const files: Record<string, string | Buffer> = {
      "admin/index.html": `<!doctype html><meta content="__CSP_NONCE__">${"<p>a page</p>".repeat(200)}`,
      "admin/before-paint.js": script,
      "admin/before-paint.js.br": brotliCompressSync(script),
      "admin/notes.txt.br": brotliCompressSync("SECRET notes"),
      "admin/assets/main-1a2b3c4d.js": script,
      "admin/assets/main-1a2b3c4d.js.br": brotliCompressSync(script),
      "admin/assets/main-1a2b3c4d.js.gz": gzipSync(script),
      "admin/assets/.hidden.js.br": brotliCompressSync("SECRET"),
      "login/assets/style-1a2b3c4d.css": "body { color: green }".repeat(100),
      "secret.txt.br": brotliCompressSync("SECRET beside"),
    };
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    app = Fastify();
    await compressResponses(app);
    await staticFiles(app, { admin: join(folder, "admin"), login: join(folder, "login") });
    await app.listen({ port: 0, host: "localhost" });
    ({ port } = app.server.address() as AddressInfo);
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it.each(acceptHeaders)("is sent to a client that accepts %j as %s", async (accept, encoding) => {
    const file = await fetchBytes(port, path, accepting(accept));
    expect(file.status).toBe(200);
    expect(file.headers["content-encoding"]).toBe(encoding);
    expect(decoded(file)).toBe(script);
    expect(file.headers["content-length"]).toBe(String(file.bytes.length));
    if (encoding) expect(file.bytes.length).toBeLessThan(script.length / 10);
    expect(file.headers.vary).toBe("accept-encoding");
    expect(file.headers["content-type"]).toBe("application/javascript; charset=utf-8");
    expect(file.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  it("has an ETag for each encoding, and is answered with 304 while it has not changed", async () => {
    const etags = new Set<string>();
    for (const accept of ["br", "gzip", undefined]) {
      const { headers } = await fetchBytes(port, path, accepting(accept));
      const etag = String(headers.etag);
      etags.add(etag);
      const again = await fetchBytes(port, path, {
        headers: { ...accepting(accept).headers, "if-none-match": etag },
      });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
      expect(again.headers.vary).toBe("accept-encoding");
    }
    expect(etags.size).toBe(3);
  });

  it("has the same headers and no body in the response to HEAD", async () => {
    for (const accept of ["br", undefined]) {
      const get = await fetchBytes(port, path, accepting(accept));
      const head = await fetchBytes(port, path, { ...accepting(accept), method: "HEAD" });
      expect([head.status, head.bytes.length]).toEqual([200, 0]);
      for (const name of ["content-encoding", "content-length", "etag", "vary"]) {
        expect(head.headers[name], name).toBe(get.headers[name]);
      }
    }
  });

  it("is sent compressed from the console's root as well", async () => {
    const file = await fetchBytes(port, "/admin/before-paint.js", accepting("br"));
    expect(file.headers["content-encoding"]).toBe("br");
    expect(decoded(file)).toBe(script);
    expect(file.headers["content-type"]).toBe("application/javascript; charset=utf-8");
    expect(file.headers["cache-control"]).toBe("no-cache");
  });

  it("is compressed for each request if the build did not compress it", async () => {
    const file = await fetchBytes(port, "/login/assets/style-1a2b3c4d.css", accepting("br"));
    expect(file.headers["content-encoding"]).toBe("br");
    expect(decoded(file)).toContain("color: green");
    expect(file.bytes.length).toBeLessThan(200);
  });

  it("is not sent, in any encoding, if it is of another type, hidden or outside the folder [T59]", async () => {
    const paths = [
      "/admin/notes.txt",
      "/admin/notes.txt.br",
      "/admin/assets/.hidden.js",
      "/admin/assets/../../secret.txt",
      "/admin/assets/%2e%2e/%2e%2e/secret.txt",
      "/admin/assets/..%2f..%2fsecret.txt",
      "/admin/../secret.txt.br",
    ];
    for (const tried of paths) {
      for (const accept of ["br", "gzip", "br, gzip", undefined]) {
        const answer = await fetchBytes(port, tried, accepting(accept));
        expect([400, 403, 404], tried).toContain(answer.status);
        expect(answer.headers["content-encoding"], tried).toBeUndefined();
        expect(answer.bytes.toString(), tried).not.toContain("SECRET");
      }
    }
  });

  it("is compressed for each request if it is the console's page, because its nonce changes", async () => {
    const pages = [
      await fetchBytes(port, "/admin/", accepting("br")),
      await fetchBytes(port, "/admin/people", accepting("gzip")),
    ];
    expect(pages.map(({ headers }) => headers["content-encoding"])).toEqual(["br", "gzip"]);
    expect(pages.map(({ headers }) => headers.vary)).toEqual(["accept-encoding", "accept-encoding"]);
    const nonces = pages.map((page) => /content="([^"]+)"/.exec(decoded(page))?.[1]);
    expect(nonces[0]).not.toBe(nonces[1]);
  });
});

describe("a page or JSON", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.close());

  it.each(acceptHeaders)("is sent to a client that accepts %j as %s", async (accept, encoding) => {
    const headers = { accept: "text/html", ...accepting(accept).headers };
    const page = await fetchBytes(system.port, "/login/account", { headers });
    expect(page.status).toBe(200);
    expect(page.headers["content-encoding"]).toBe(encoding);
    expect(decoded(page)).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
    if (encoding) expect(page.headers.vary).toBe("accept-language, cookie, accept-encoding");
  });

  it("is compressed even if it reports a failure", async () => {
    const headers = { accept: "text/html", "accept-encoding": "br" };
    const page = await fetchBytes(system.port, "/login/wechat/callback?state=x&code=y", { headers });
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect(page.headers["content-encoding"]).toBe("br");
    expect(decoded(page)).toMatch(/<\/html>\s*$/);
  });

  it("has no body in the response to HEAD", async () => {
    const head = await fetchBytes(system.port, "/login/account", { method: "HEAD", ...accepting("br") });
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
  });

  it("is sent uncompressed, with its length, if it is short", async () => {
    for (const path of ["/healthz", "/trpc/session.get"]) {
      const answer = await fetchBytes(system.port, path, accepting("br, gzip"));
      expect(answer.status, path).toBe(200);
      expect(answer.headers["content-encoding"], path).toBeUndefined();
      expect(answer.headers["content-length"], path).toBe(String(answer.bytes.length));
      JSON.parse(answer.bytes.toString());
    }
  });

  it("keeps the status of tRPC's answer, alone or in a compressed batch", async () => {
    const single = await fetchBytes(system.port, "/trpc/session.list", accepting("br"));
    expect(single.status).toBe(401);
    expect(single.headers["content-type"]).toBe("application/json");
    const names = Array.from({ length: 10 }, () => "session.list").join(",");
    const batch = await fetchBytes(system.port, `/trpc/${names}?batch=1&input=%7B%7D`, accepting("gzip"));
    expect(batch.status).toBe(401);
    expect(batch.headers["content-encoding"]).toBe("gzip");
    expect(JSON.parse(decoded(batch))).toHaveLength(10);
  });

  it("arrives complete if it is a stream of JSON Lines, compressed or not", async () => {
    for (const encoding of ["br", undefined]) {
      const answer = await fetchBytes(system.port, "/trpc/session.get,session.list?batch=1&input=%7B%7D", {
        headers: { "trpc-accept": "application/jsonl", ...accepting(encoding).headers },
      });
      expect(answer.headers["content-encoding"]).toBe(encoding);
      expect(decoded(answer)).toContain("UNAUTHORIZED");
      for (const line of decoded(answer).trim().split("\n")) JSON.parse(line);
    }
  });

  it("reports a 4xx if the request's body is compressed, as it could expand beyond the limit [T37]", async () => {
    const answer = await fetchBytes(system.port, "/trpc/session.signOut", {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync(Buffer.alloc(50 << 20, " ")),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    // Nor is one read that stays small, with which this would be a wrong password.
    const small = await fetchBytes(system.port, "/admin/trpc/operator.signIn", {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync(JSON.stringify({ username: "a", password: "b" })),
    });
    expect(small.status).toBe(400);
  });
});

describe("JSON as a Response", () => {
  it("keeps its status and all its headers, whether it is compressed or too short for that", async () => {
    const app = Fastify();
    await compressResponses(app);
    app.get("/:length", async (request, reply) => {
      const text = JSON.stringify("x".repeat(Number((request.params as { length: string }).length)));
      const headers = { "content-type": "application/json", "retry-after": "7", vary: "trpc-accept" };
      return reply.send(new Response(text, { status: 429, headers }));
    });
    for (const [length, encoding, vary] of [
      [5, undefined, "trpc-accept"],
      [5000, "gzip", "trpc-accept, accept-encoding"],
    ] as const) {
      const { statusCode, headers } = await app.inject({
        ...{ url: `/${length}`, headers: { "accept-encoding": "gzip" } },
      });
      expect([statusCode, headers["retry-after"], headers.vary, headers["content-encoding"]]).toEqual([
        ...[429, "7", vary, encoding],
      ]);
    }
    await app.close();
  });
});

describe("an event stream", () => {
  it("is never compressed, whether it is a Response or a stream", async () => {
    const app = Fastify();
    await compressResponses(app);
    const text = "data: something\n\n".repeat(500);
    app.get("/stream", async (_request, reply) =>
      reply.type("text/event-stream").send(Readable.from([text])),
    );
    app.get("/response", async (_request, reply) =>
      reply.send(new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8" } })),
    );
    for (const url of ["/stream", "/response"]) {
      const answer = await app.inject({ url, headers: { "accept-encoding": "br, gzip" } });
      expect(answer.headers["content-encoding"], url).toBeUndefined();
      expect(answer.body, url).toBe(text);
    }
    await app.close();
  });
});
