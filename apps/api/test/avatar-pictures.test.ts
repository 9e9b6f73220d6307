import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { AvatarPictures } from "../src/domain/identity/avatar-pictures.js";
import { type Console, seedOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

describe("a picture of a person", () => {
  let system: System;
  let operator: Console;
  let bindingId: string;
  beforeAll(async () => {
    system = await startSystem();
    await system.browser().signIn();
    operator = await seedOperator(system);
    bindingId = (await rowsOf(system.db, "bindings"))[0]?.id ?? "";
  });
  afterAll(() => system.close());

  const picture = (console: Console, id = bindingId, headers: Record<string, string> = {}) =>
    console.browser.visit(`/admin/avatars/${id}`, { headers: { accept: "image/*", ...headers } });

  it("is listed with an address of this server, and comes from there [T58]", async () => {
    const { data } = await operator.query<{ items: { profile: { avatarUrl: string } }[] }>("people.list", {});
    const address = data?.items[0]?.profile.avatarUrl ?? "";
    expect(address).toMatch(new RegExp(`^/admin/avatars/${bindingId}\\?v=[0-9a-f]{8}$`));
    const answer = await operator.browser.visit(address);
    expect([answer.status, answer.html.slice(0, 5)]).toEqual([200, "<svg "]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ "content-type": "image/svg+xml", "cache-control": "private, no-cache" },
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      "x-content-type-options": "nosniff",
    });
  });

  it("is not sent again while it is the same", async () => {
    const etag = (await picture(operator)).headers.get("etag") ?? "";
    const again = await picture(operator, bindingId, { "if-none-match": etag });
    expect([again.status, again.html, again.headers.get("etag")]).toEqual([304, "", etag]);
    expect((await picture(operator, bindingId, { "if-none-match": '"another"' })).status).toBe(200);
  });

  it("is for operators: not for viewers, from whom it is masked, and for no one without a session [T44, T46]", async () => {
    const viewer = await seedOperator(system, "viewer");
    const person = system.browser();
    await person.signIn();
    expect((await picture(viewer)).status).toBe(403);
    expect((await person.visit(`/admin/avatars/${bindingId}`)).status).toBe(401);
  });

  it("is missing for an unknown binding and for an id that is none, and the browser may remember that for a minute", async () => {
    for (const id of ["01M8X7C0ZZ0000000000000000", "none", "%2e%2e%2fexport"]) {
      const answer = await picture(operator, id);
      expect([answer.status, answer.html, answer.headers.get("cache-control")]).toEqual([
        404,
        "",
        "private, max-age=60",
      ]);
    }
  });
});

describe("the pictures that are fetched", () => {
  let host: Server;
  let origin: string;
  let requests: string[];
  let accepted: (string | undefined)[];
  /** What the host answers. */
  let answer: { status?: number; headers?: Record<string, string>; body: Buffer | string; cut?: boolean };
  beforeEach(async () => {
    [requests, accepted] = [[], []];
    answer = { body: png };
    host = createServer((request, response) => {
      requests.push(request.url ?? "");
      accepted.push(request.headers.accept);
      response.writeHead(answer.status ?? 200, answer.headers ?? {});
      if (!answer.cut) return void response.end(answer.body);
      response.write(answer.body);
      setImmediate(() => response.destroy());
    });
    await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => host.close(resolve)));

  const pictures = (resolve?: ConstructorParameters<typeof AvatarPictures>[1]) =>
    new AvatarPictures({ simulatorUrl: origin, wechatProxy: undefined }, resolve);

  it.each([
    ["image/png", png],
    ["image/jpeg", Buffer.from("ffd8ffe000104a464946", "hex")],
    ["image/gif", Buffer.from("GIF89a....")],
    ["image/webp", Buffer.from("RIFF\0\0\0\0WEBPVP8 ", "latin1")],
  ])("are %s by what they begin with, whatever the host calls them", async (type, bytes) => {
    answer = { body: bytes, headers: { "content-type": "text/html" } };
    expect(await pictures().find(`${origin}/a/132`)).toEqual({
      type,
      bytes,
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
    expect(accepted).toEqual(["image/*"]);
  });

  it.each([
    [
      "a page",
      { body: "<!doctype html><script>alert(1)</script>", headers: { "content-type": "image/png" } },
    ],
    ["nothing", { body: "" }],
    ["an error", { status: 500, body: png }],
    ["a redirect", { status: 302, headers: { location: "/a/132" }, body: png }],
    ["more than 256 KiB", { body: Buffer.concat([png, Buffer.alloc(256 * 1024)]) }],
    ["half a picture", { body: png, cut: true, headers: { "content-length": "100" } }],
  ])("are not shown if the host answers with %s [T58, T81]", async (_, given) => {
    answer = given;
    expect(await pictures().find(`${origin}/a/132`)).toBeUndefined();
    expect(requests).toEqual(["/a/132"]);
  });

  it.each([
    ["256 KiB", 256 * 1024, true],
    ["one byte more", 256 * 1024 + 1, false],
  ])("are shown up to 256 KiB: %s", async (_, bytes, isShown) => {
    answer = { body: Buffer.concat([png, Buffer.alloc(bytes - png.length)]) };
    expect((await pictures().find(`${origin}/a/132`))?.bytes.length).toBe(isShown ? bytes : undefined);
  });

  it("are fetched once for many who ask, small, and again only for another address; a failure is remembered, too", async () => {
    const one = pictures();
    await Promise.all([1, 2, 3].map(() => one.find(`${origin}/a/0`)));
    await one.find(`${origin}/a/0`);
    await one.find(`${origin}/b/46`);
    expect(requests).toEqual(["/a/132", "/b/46"]);
    answer = { status: 404, body: "" };
    await one.find(`${origin}/c/132`);
    await one.find(`${origin}/c/132`);
    expect(requests).toEqual(["/a/132", "/b/46", "/c/132"]);
  });

  it.each([
    ["an hour", 200, 3_600_000],
    ["a minute where there was none", 404, 60_000],
  ])("are remembered for %s", async (_, status, lifeMs) => {
    const begin = performance.now();
    const clock = vi.spyOn(performance, "now").mockReturnValue(begin);
    onTestFinished(() => clock.mockRestore());
    answer = { status, body: png };
    const one = pictures();
    for (const ms of [0, lifeMs - 1_000, lifeMs + 1_000]) {
      clock.mockReturnValue(begin + ms);
      // The cache looks at the clock once a millisecond.
      await new Promise((passed) => setTimeout(passed, 3));
      await one.find(`${origin}/a/132`);
    }
    expect(requests).toEqual(["/a/132", "/a/132"]);
  });

  it("are fetched eight at a time: the console shows a letter for any beyond that", async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const one = pictures(async () => {
      await ended;
      throw new Error("no address");
    });
    const eight = Array.from({ length: 8 }, (_, n) => one.find(`https://wx.qlogo.cn/${n}/132`));
    expect(await one.find(`${origin}/a/132`)).toBeUndefined();
    expect(requests).toEqual([]);
    end();
    expect(await Promise.all(eight)).toEqual(Array(8).fill(undefined));
    expect((await one.find(`${origin}/a/640`))?.type).toBe("image/png");
    expect(requests).toEqual(["/a/132"]);
  });

  it.each([
    "http://127.0.0.1:1/a",
    "http://169.254.169.254/latest",
    "https://evil.example/a",
    "https://wx.qlogo.cn.evil.example/a",
    "https://wx.qlogo.cn@evil.example/a",
    "file:///etc/passwd",
    null,
  ])("are never fetched from %j [T58]", async (address) => {
    const asked: string[] = [];
    const found = await pictures(async (name) => {
      asked.push(name);
      return [{ address: "127.0.0.1", family: 4 }];
    }).find(address);
    expect([found, asked, requests]).toEqual([undefined, [], []]);
  });

  it("are not fetched from WeChat's hosts where these have an address that is not public [T58]", async () => {
    const asked: string[] = [];
    const inside = pictures(async (name) => {
      asked.push(name);
      return [{ address: "127.0.0.1", family: 4 }];
    });
    expect(await inside.find("https://thirdwx.qlogo.cn/mmopen/a/132")).toBeUndefined();
    expect([asked, requests]).toEqual([["thirdwx.qlogo.cn"], []]);
  });
});
