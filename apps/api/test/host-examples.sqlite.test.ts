import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser, profileButton } from "./support/browser.js";
import { freePort } from "./support/free-port.js";
import { createHost, type Host } from "./support/hosts.js";
import { type System, startSystem } from "./support/system.js";

// The hosts in examples/, as a new user runs them, each in its own language and on another site than this system.

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const webhookSecret = `whsec_${randomBytes(32).toString("base64")}`;

let system: System;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "host-examples-"));
  system = await startSystem({ env: { RATE_LIMIT: "off" } });
});
afterAll(async () => {
  await system.close();
  rmSync(folder, { recursive: true, force: true });
});

const hosts: [name: string, program: string, start: (port: number) => [cwd: string, ...words: string[]]][] = [
  ["express", process.execPath, () => ["host-express", "--import", "tsx", "src/main.ts"]],
  ["php", "php", (port) => ["host-php", "-S", `127.0.0.1:${port}`, "index.php"]],
  ["python", "python3", () => ["host-python", "host.py"]],
];

describe.each(hosts)("the example host in %s", (name, program, start) => {
  let url: string;
  let host: Host;
  let running: ChildProcess | undefined;

  beforeAll(async () => {
    if (spawnSync(program, ["--version"]).error) return;
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    host = await createHost(system, { id: name, origin: url });
    const [cwd, ...words] = start(port);
    running = spawn(program, words, {
      cwd: join(examples, cwd),
      env: {
        ...{ PATH: process.env.PATH, PORT: String(port), PUBLIC_URL: url, LOGIN_URL: system.url },
        ...{ CLIENT_ID: name, API_KEY: host.key, WEBHOOK_SECRET: webhookSecret },
        DATABASE: join(folder, name),
      },
      stdio: ["ignore", "ignore", "ignore"],
    });
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await fetch(url).catch(() => undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the host in ${name} does not answer`);
  });
  afterAll(() => running?.kill());

  /** A person's browser: it has cookies of the host and of this system. */
  function browserOf(person: string) {
    const here = new Browser(url, { person });
    const login = system.browser({ person });
    const post = (path: string, form: Record<string, string> = {}) =>
      here.visit(path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form).toString(),
      });
    return {
      post,
      home: async () => (await here.visit("/")).html.replace(/\s+/g, " "),
      signInAtHost: () => here.visit("/wechat/sign-in"),
      connect: () => post("/wechat/connect"),
      open: (address: URL) => here.visit(address),
      /** Through this system and WeChat, up to the address at the host, which is not opened. */
      async passLogin(to: URL | undefined): Promise<URL> {
        let next = to ?? new URL("about:blank");
        for (let step = 0; step < 20 && next.origin !== url; step++) {
          const visit = await login.visit(next);
          const [, form] = /<form method="post" action="([^"]*)"/.exec(visit.html) ?? [];
          const button = profileButton(visit.html);
          if (visit.location) next = visit.location;
          else if (button) next = new URL(button, system.url);
          else if (form) {
            const asked = await login.visit(form.replaceAll("&amp;", "&"), {
              method: "POST",
              headers: { "content-type": "application/x-www-form-urlencoded", origin: system.url },
            });
            next = asked.location ?? next;
          }
        }
        expect(next.origin).toBe(url);
        return next;
      },
    };
  }

  it("signs a new person in, knows them again, and shows their openid [T109]", async (context) => {
    if (!running) context.skip(`${program} is not on this machine`);
    const browser = browserOf("alice");
    const back = await browser.passLogin((await browser.signInAtHost()).location);
    // Brought by another browser it is worth nothing, and is not spent.
    expect(await browserOf("emoji").open(back)).toMatchObject({ location: expect.toSatisfy(isNoSignIn) });
    await browser.open(back);
    const { openid } = system.simulator.person("alice", system.officialAccount.appId);
    const home = await browser.home();
    expect(home).toContain("林小满");
    expect(home).toContain(`<code>${openid}</code>`);
    const [, id] = /user <code>([^<]+)</.exec(home) ?? [];
    // This system knows them by the id that they have at the host.
    const { items } = (await host.call("GET", `/users?externalId=${id}`)).body as { items: object[] };
    expect(items).toHaveLength(1);
    const another = browserOf("alice");
    await another.open(await another.passLogin((await another.signInAtHost()).location));
    expect(await another.home()).toContain(`user <code>${id}<`);
  });

  it("connects WeChat to a user with a password, who signs in by either then [T105]", async (context) => {
    if (!running) context.skip(`${program} is not on this machine`);
    const { id: person } = system.simulator.createPerson({ nickname: `Ben of ${name}` });
    const browser = browserOf(person);
    const account = { mail: `ben@${name}.example`, password: "a long enough password" };
    await browser.post("/register", account);
    const [, id] = /user <code>([^<]+)</.exec(await browser.home()) ?? [];
    await browser.open(await browser.passLogin((await browser.connect()).location));
    expect(await browser.home()).toContain("WeChat is connected.");
    const byPassword = browserOf(person);
    expect((await byPassword.post("/sign-in", { ...account, password: "a wrong password" })).status).toBe(
      401,
    );
    await byPassword.post("/sign-in", account);
    const byWeChat = browserOf(person);
    await byWeChat.open(await byWeChat.passLogin((await byWeChat.signInAtHost()).location));
    for (const one of [byPassword, byWeChat]) expect(await one.home()).toContain(`user <code>${id}<`);
  });

  it("takes an event with a valid signature once, and none that was altered or is old [T113]", async (context) => {
    if (!running) context.skip(`${program} is not on this machine`);
    const body = JSON.stringify({
      type: "user.updated",
      timestamp: "2026-01-01T00:00:00Z",
      data: { userId: "-" },
    });
    const now = Math.floor(Date.now() / 1000);
    const send = async ({ id = `evt_${name}`, sentAt = now, sent = body, signed = body }) => {
      const key = Buffer.from(webhookSecret.slice("whsec_".length), "base64");
      const signature = createHmac("sha256", key).update(`${id}.${sentAt}.${signed}`).digest("base64");
      const headers = {
        ...{ "content-type": "application/json", "webhook-id": id, "webhook-timestamp": String(sentAt) },
        // A signature by the secret before stands beside it.
        "webhook-signature": `v1,${randomBytes(32).toString("base64")} v1,${signature}`,
      };
      return (await fetch(`${url}/webhook`, { method: "POST", headers, body: sent })).status;
    };
    expect(await send({})).toBe(204);
    expect(await send({})).toBe(204);
    expect(await send({ id: "evt_altered", sent: body.replace("-", "x") })).toBe(401);
    expect(await send({ id: "evt_old", sentAt: now - 600 })).toBe(401);
    expect(await browserOf("alice").home()).toContain("Events: user.updated<");
  });
});

/** Back to the start, or no redirect at all. */
const isNoSignIn = (location: URL | undefined): boolean =>
  location === undefined || location.pathname === "/";
