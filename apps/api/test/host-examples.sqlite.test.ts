import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deliverWebhooks } from "../src/domain/events/deliver.js";
import { publishEvents } from "../src/domain/events/publish.js";
import { Browser, profileButton } from "./support/browser.js";
import { freePort } from "./support/free-port.js";
import { createHost, type Host } from "./support/hosts.js";
import { type System, startSystem } from "./support/system.js";

// The hosts in examples/, as a new user runs them, each in its own language and on another site than this system.

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));

/** One of them, while it runs. */
interface Running {
  url: string;
  host: Host;
  webhook: { id: string; secret: string };
  process: ChildProcess;
}

const hosts: [name: string, program: string, start: (port: number) => [cwd: string, ...words: string[]]][] = [
  ["express", process.execPath, () => ["host-express", "--import", "tsx", "src/main.ts"]],
  ["php", "php", (port) => ["host-php", "-S", `127.0.0.1:${port}`, "index.php"]],
  ["python", "python3", () => ["host-python", "host.py"]],
];

let system: System;
let folder: string;
let running: Map<string, Running>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "host-examples-"));
  system = await startSystem({ env: { RATE_LIMIT: "off" } });
  const started = await Promise.all(hosts.map(async (one) => [one[0], await startHost(...one)] as const));
  running = new Map(started.flatMap(([name, host]) => (host ? [[name, host] as const] : [])));
});
afterAll(async () => {
  for (const { process } of running.values()) process.kill();
  await system.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @returns undefined where its language is missing */
async function startHost(...[name, program, start]: (typeof hosts)[number]): Promise<Running | undefined> {
  if (spawnSync(program, ["--version"]).error) return undefined;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const host = await createHost(system, { id: name, origin: url });
  const made = await host.call("POST", "/webhooks", { url: `${url}/webhook`, types: ["user.erased"] });
  const webhook = made.body as Running["webhook"];
  const [cwd, ...words] = start(port);
  const child = spawn(program, words, {
    cwd: join(examples, cwd),
    env: {
      ...{ PATH: process.env.PATH, PORT: String(port), PUBLIC_URL: url, LOGIN_URL: system.url },
      ...{ CLIENT_ID: name, API_KEY: host.key, WEBHOOK_SECRET: webhook.secret },
      DATABASE: join(folder, name),
    },
    stdio: ["ignore", "ignore", "ignore"],
  });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await fetch(url).catch(() => undefined)) return { url, host, webhook, process: child };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error(`the host in ${name} does not answer`);
}

/** Sends every event to the webhooks that want it. */
async function deliverEvents(): Promise<void> {
  const { deps } = system.app;
  await publishEvents(deps);
  await deliverWebhooks(deps);
  await deps.deliverySlots.settled();
}

describe.each(hosts)("the example host in %s", (name, program) => {
  let url: string;
  let host: Host;
  let webhook: Running["webhook"];
  beforeAll(() => {
    const found = running.get(name);
    if (found) ({ url, host, webhook } = found);
  });
  beforeEach((context) => {
    if (!running.has(name)) context.skip(`${program} is not on this machine`);
  });

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

  it("signs a new person in, knows them again after a sign-out and in another browser, and shows their openid [T109]", async () => {
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
    await browser.post("/sign-out");
    expect(await browser.home()).not.toContain("You are");
    for (const one of [browser, browserOf("alice")]) {
      await one.open(await one.passLogin((await one.signInAtHost()).location));
      expect(await one.home()).toContain(`user <code>${id}<`);
    }
  });

  it("connects WeChat to a user with a password, who signs in by either then [T105]", async () => {
    const { id: person } = system.simulator.createPerson({ nickname: `Ben of ${name}` });
    const browser = browserOf(person);
    const account = { mail: `ben@${name}.example`, password: "a long enough password" };
    await browser.post("/register", account);
    const [, id] = /user <code>([^<]+)</.exec(await browser.home()) ?? [];
    await browser.open(await browser.passLogin((await browser.connect()).location));
    expect(await browser.home()).toContain("WeChat is connected.");
    const byPassword = browserOf(person);
    await byPassword.post("/sign-in", account);
    const byWeChat = browserOf(person);
    await byWeChat.open(await byWeChat.passLogin((await byWeChat.signInAtHost()).location));
    for (const one of [byPassword, byWeChat]) expect(await one.home()).toContain(`user <code>${id}<`);
  });

  it("hears of an erased person once, by a message that is signed with two secrets, and takes none that was altered, is old or has another signature [T113]", async () => {
    const { id: person } = system.simulator.createPerson({ nickname: `Cleo of ${name}` });
    const browser = browserOf(person);
    await browser.open(await browser.passLogin((await browser.signInAtHost()).location));
    const { openid } = system.simulator.person(person, system.officialAccount.appId);
    expect(await browser.home()).toContain(`<code>${openid}</code>`);
    const [, id] = /user <code>([^<]+)</.exec(await browser.home()) ?? [];
    const { items } = (await host.call("GET", `/users?externalId=${id}`)).body as { items: { id: string }[] };
    const userId = items[0]?.id ?? "";
    const heard = async () => /Events: ([^<]*)</.exec(await browser.home())?.[1];
    const before = await heard();

    const body = JSON.stringify({ type: "user.erased", timestamp: "2026-01-01T00:00:00Z", data: { userId } });
    const now = Math.floor(Date.now() / 1000);
    const forge = async ({ sentAt = now, sent = body, secret = webhook.secret }) => {
      const signed = `evt_forged.${sentAt}.${body}`;
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      const headers = {
        ...{
          "content-type": "application/json",
          "webhook-id": "evt_forged",
          "webhook-timestamp": `${sentAt}`,
        },
        "webhook-signature": `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
      };
      return (await fetch(`${url}/webhook`, { method: "POST", headers, body: sent })).status;
    };
    expect(await forge({ sent: `${body} ` })).toBe(401);
    expect(await forge({ sentAt: now - 600 })).toBe(401);
    expect(await forge({ secret: `whsec_${randomBytes(32).toString("base64")}` })).toBe(401);
    expect([await heard(), (await browser.home()).includes(openid)]).toEqual([before, true]);

    // The host does not know the second secret yet.
    await host.call("POST", `/webhooks/${webhook.id}/rotate-secret`);
    expect((await host.call("DELETE", `/users/${userId}?confirm=erase`)).status).toBe(200);
    await deliverEvents();
    const once = before === "none" ? "user.erased" : `${before}, user.erased`;
    expect([await heard(), (await browser.home()).includes(openid)]).toEqual([once, false]);
    expect(await browser.home()).toContain("Connect WeChat");

    const deliveries = async () =>
      (await host.call("GET", `/webhooks/${webhook.id}/deliveries`)).body as {
        items: { id: string; state: string }[];
      };
    const [delivery] = (await deliveries()).items;
    const again = `/webhooks/${webhook.id}/deliveries/${delivery?.id}/resend`;
    expect((await host.call("POST", again)).status).toBe(200);
    expect((await deliveries()).items[0]).toMatchObject({ id: delivery?.id, state: "pending" });
    await deliverEvents();
    expect((await deliveries()).items[0]).toMatchObject({ id: delivery?.id, state: "delivered" });
    expect(await heard()).toBe(once);
  });
});

/** Back to the start, or no redirect at all. */
const isNoSignIn = (location: URL | undefined): boolean =>
  location === undefined || location.pathname === "/";
