import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSecurityHeaders, createSecurityHeaders } from "../src/http/headers.js";
import { staticFiles } from "../src/http/static-files.js";
import { send } from "./support/raw-http.js";

/** A small build, beside files that must not be served. */
const files: Record<string, string> = {
  "admin/index.html":
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style><div id="root"></div>',
  "admin/icon.svg": "<svg/>",
  "admin/icon.png": "a picture",
  "admin/favicon.ico": "a picture",
  "admin/fonts.css": "body {}",
  "admin/before-paint.js": "document.documentElement;",
  "admin/notes.txt": "SECRET notes",
  "admin/data.sqlite": "SECRET database",
  "admin/.env": "SECRET=1",
  "admin/notes.js.txt": "SECRET notes",
  "admin/source/main.js": "SECRET source",
  "admin/assets/main-1a2b3c4d.js": "export {};",
  "admin/assets/main-1a2b3c4d.js.json": "{}",
  "admin/assets/plain.js": "export {};",
  "admin/assets/main-1a2b3c4.js": "export {};",
  "admin/assets/main-1a2b3c4d5.js": "export {};",
  "admin/assets/.hidden.js": "SECRET",
  "admin/assets/index.html": "SECRET of a folder",
  "admin/assets/.git/config": "SECRET",
  "login/assets/style.css": "body {}",
  "login/pages/en/home.html": "SECRET template",
  "secret.txt": "SECRET beside",
  "admin-secret/x.js": "SECRET sibling",
};

let folder: string;
let app: FastifyInstance;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wechat-login-files-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  app = Fastify();
  const settings = { publicUrl: new URL("http://localhost:4000"), viteServers: undefined };
  addSecurityHeaders(app, createSecurityHeaders({ ...settings, simulatorUrl: undefined }));
  await staticFiles(app, { admin: join(folder, "admin"), login: join(folder, "login") });
  await app.listen({ port: 0, host: "localhost" });
  ({ port } = app.server.address() as AddressInfo);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const get = (path: string) => send({ port }, { path, headers: { accept: "text/html" } });

describe("the console's files", () => {
  it.each([
    ["/admin/icon.svg", /^image\/svg\+xml$/, "no-cache"],
    ["/admin/icon.png", /^image\/png$/, "no-cache"],
    ["/admin/favicon.ico", /^image\/(x-icon|vnd\.microsoft\.icon)$/, "no-cache"],
    ["/admin/fonts.css", /^text\/css; charset=utf-8$/, "no-cache"],
    ["/admin/before-paint.js", /^application\/javascript; charset=utf-8$/, "no-cache"],
    ["/admin/assets/main-1a2b3c4d.js", /\/javascript; charset=utf-8$/, "public, max-age=31536000, immutable"],
    ["/admin/assets/main-1a2b3c4d.js.json", /^application\/json/, "no-cache"],
    ["/admin/assets/plain.js", /\/javascript; charset=utf-8$/, "no-cache"],
    ["/admin/assets/main-1a2b3c4.js", /\/javascript; charset=utf-8$/, "no-cache"],
    ["/admin/assets/main-1a2b3c4d5.js", /\/javascript; charset=utf-8$/, "no-cache"],
    ["/login/assets/style.css", /^text\/css; charset=utf-8$/, "no-cache"],
  ])("serve %s as %s with Cache-Control %s", async (path, type, kept) => {
    const file = await get(path);
    expect(file.status).toBe(200);
    expect(file.headers["content-type"]).toMatch(type);
    expect(file.headers["cache-control"]).toBe(kept);
  });

  it("serve the start page at every console address, each time with a new nonce", async () => {
    const nonces = new Set<string>();
    for (const path of ["/admin/", "/admin/people", "/admin/people/01M0?tab=sessions", "/admin/set-up"]) {
      const page = await get(path);
      expect(page.status, path).toBe(200);
      expect(page.headers["cache-control"]).toBe("no-store");
      expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
      const nonce = /csp-nonce" content="([^"]+)"/.exec(page.text)?.[1] ?? "";
      expect(Buffer.from(nonce, "base64").length).toBe(18);
      expect(page.text).toContain(`<style nonce="${nonce}">`);
      expect(page.headers["content-security-policy"]).toContain(`style-src 'self' 'nonce-${nonce}'`);
      expect(page.headers["content-security-policy"]).toContain("script-src 'self';");
      expect(page.headers["content-security-policy"], "no pictures of others").toContain(
        "img-src 'self' data:;",
      );
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
    const short = await get("/admin");
    expect([short.status, short.headers.location]).toEqual([302, "/admin/"]);
  });

  it("answer 404 for a missing file, not the start page [T59]", async () => {
    for (const path of [
      "/admin/assets/gone-1a2b3c4d.js",
      "/admin/gone.js",
      "/admin/gone.ico",
      "/admin/robots.txt",
    ]) {
      const answer = await get(path);
      expect(answer.status, path).toBe(404);
      expect(answer.text, path).not.toContain("root");
    }
  });

  it("serve nothing else: no path traversal in any spelling, dot file, database, source or folder [T59]", async () => {
    const tried = [
      "/admin/.env",
      "/admin/notes.txt",
      "/admin/notes.js.txt",
      "/admin/source/main.js",
      "/admin/data.sqlite",
      "/admin/index.html.bak",
      "/admin/.git/config",
    ];
    tried.push("/admin/assets/.hidden.js", "/admin/assets/.git/config", "/admin/assets/", "/login/assets/");
    tried.push("/login/pages/en/home.html", "/login/assets/../pages/en/home.html");
    const ups = [
      "..",
      "%2e%2e",
      "%2E.",
      "..%2f",
      "..%5c",
      "..\\",
      "%252e%252e",
      "..;",
      "%c0%ae%c0%ae",
      "....//",
      ".%00.",
    ];
    for (const up of ups) {
      for (const base of ["/admin/", "/admin/assets/", "/login/assets/", "/admin/x/"]) {
        for (const goal of ["secret.txt", "admin-secret/x.js", "login/pages/en/home.html", "admin/.env"]) {
          tried.push(`${base}${up}/${goal}`, `${base}${up}/${up}/${goal}`, `${base}${up}${goal}`);
        }
      }
    }
    tried.push(
      "/admin/assets//secret.txt",
      "/admin/assets/%2fsecret.txt",
      `/admin/assets/${folder}/secret.txt`,
    );
    tried.push(
      "/admin/assets/../../secret.txt",
      "/admin/before-paint.js%00.svg",
      "/admin/assets/main-1a2b3c4d.js.map",
    );
    for (const path of tried) {
      const answer = await get(path);
      expect(answer.text, path).not.toContain("SECRET");
      if (path.includes(".")) expect([400, 403, 404], path).toContain(answer.status);
    }
  });

  it("are not there where the console was not built, as for an address without a page", async () => {
    const unbuilt = Fastify();
    await staticFiles(unbuilt, { admin: join(folder, "login"), login: join(folder, "login") });
    const { statusCode } = await unbuilt.inject("/admin/people");
    await unbuilt.close();
    expect(statusCode).toBe(404);
  });

  it("accept only GET and HEAD [T59]", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const answer = await send({ port }, { method, path: "/admin/icon.svg" });
      expect([404, 405, 415], method).toContain(answer.status);
    }
  });
});
