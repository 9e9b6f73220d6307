import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

interface Sent {
  method?: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

interface Answer {
  status: number;
  type: string | undefined;
  text: string;
}

const refusal = (status: number, text: string): Answer => ({
  status,
  type: "text/plain; charset=utf-8",
  text,
});
const notOwn = refusal(
  403,
  "Changes are accepted as application/json or from a form on the simulator's own pages only.\n",
);
const unknownHost = refusal(
  421,
  "The simulator answers at 127.0.0.1 and localhost only, not at other names.\n",
);
const forServers = refusal(
  403,
  "WeChat's API is for servers: a page of another site may not call it through a browser.\n",
);

/** A request as from a page whose host name resolves to this machine; fetch cannot set Host. */
function send({ method = "GET", path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(simulator.url);
    const sent = request({ hostname, port, method, path, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      const type = answer.headers["content-type"];
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, type, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("a site whose name resolves to this machine", () => {
  const rebound = { host: "evil.example:4010", "sec-fetch-site": "same-origin" };

  it.each([
    { path: "/" },
    { path: "/_simulator/state" },
    { path: `/apps?show=${demoOfficialAccount.appId}` },
    {
      path: "/_simulator/settings",
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: '{"callbackHosts":["evil.example"]}',
    },
    {
      path: "/_simulator/forms/reset",
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
  ])("can neither read nor change anything: $path", async ({ headers = {}, ...sent }) => {
    const answer = await send({ ...sent, headers: { ...rebound, ...headers } });
    expect(answer).toEqual(unknownHost);
    expect(
      (
        await send({
          ...sent,
          headers: { ...headers, host: "localhost:4010", "sec-fetch-site": "same-origin" },
        })
      ).status,
    ).toBeLessThan(400);
  });

  it.each([
    ["evillocalhost:4010", 421],
    ["localhost.evil.example:4010", 421],
    ["shop.localhost:4010", 200],
    ["LocalHost:4010", 200], // a host name has no case, and not every client writes it in lower case
    ["Open.WeiXin.QQ.com", 200], // behind the TLS proxy
    ["127.0.0.1:4010", 200],
    ["[::1]:4010", 200],
  ])("knows the panel at %s: %d", async (host, status) => {
    expect((await send({ path: "/", headers: { host } })).status).toBe(status);
  });

  const calls = [
    { path: "/sns/oauth2/access_token" },
    { path: "/cgi-bin/token" },
    { path: "/cgi-bin/stable_token", method: "POST", body: "{}" },
  ];

  // Over plain HTTP browsers send no Sec-Fetch-Site to such a name, and no Origin with a same-origin GET.
  it.each([
    { "sec-fetch-site": "same-origin" },
    { origin: "http://evil.example:4010" },
    { "accept-language": "en", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0" },
  ])("cannot call WeChat's API through a browser: %o", async (headers) => {
    for (const sent of calls) {
      expect(await send({ ...sent, headers: { host: "evil.example:4010", ...headers } })).toEqual(
        unknownHost,
      );
    }
    expect(simulator.requests()).toEqual([]);
  });

  it.each([
    { host: "simulator:4010" },
    { host: "simulator:4010", "sec-fetch-mode": "cors", "accept-language": "*", "user-agent": "node" },
    // The user agent of many PHP servers.
    { host: "host.docker.internal", "user-agent": "Mozilla/4.0 (compatible; MSIE 6.0)" },
    {
      host: "localhost:4010",
      "sec-fetch-site": "none",
      "user-agent": "Mozilla/5.0",
      "accept-language": "en",
    },
  ])("is distinguished from a server in a container and the developer's own browser: %o", async (headers) => {
    for (const sent of calls) expect((await send({ ...sent, headers })).status).toBe(200);
  });
});

describe("a page of another site in a developer's browser", () => {
  it.each(["cross-site", "same-site"])(
    "cannot call WeChat's API and use up a planned fault: %s",
    async (from) => {
      simulator.fail("access_token", { kind: "errcode", errcode: -1 }, 1);
      const headers = { "sec-fetch-site": from, "content-type": "text/plain" };
      const answer = await send({ method: "POST", path: "/sns/oauth2/access_token", headers, body: "x" });
      expect(answer).toEqual(forServers);
      const ours = await fetch(`${simulator.url}/sns/oauth2/access_token`);
      expect(await ours.json()).toMatchObject({ errcode: -1 });
    },
  );
});

describe("a command", () => {
  const json = "application/json";
  const form = "application/x-www-form-urlencoded";
  const own = "the simulator's";
  const foreign = "https://evil.example";

  it.each<[method: string, type: string | undefined, site: string | undefined, origin: string | undefined]>([
    ["POST", json, undefined, undefined],
    ["POST", `${json}; charset=utf-8`, undefined, undefined],
    ["POST", "Application/JSON", undefined, undefined],
    ["POST", json, undefined, "null"],
    ["POST", json, undefined, own],
    ["POST", json, "none", undefined],
    // Behind a proxy that terminates TLS.
    ["POST", json, "same-origin", foreign],
    ["POST", form, "same-origin", foreign],
    ["POST", form, "same-origin", undefined],
    ["POST", form, undefined, own],
    ["DELETE", undefined, undefined, undefined],
    ["DELETE", undefined, undefined, own],
    ["DELETE", undefined, "none", undefined],
    ["GET", undefined, "cross-site", foreign],
  ])("is accepted: %s, content type %s, Sec-Fetch-Site %s, Origin %s", async (...of) => {
    expect((await send(commandOf(...of))).status).toBeLessThan(400);
  });

  it.each<[method: string, type: string | undefined, site: string | undefined, origin: string | undefined]>([
    ["POST", json, undefined, foreign],
    ["POST", json, "cross-site", undefined],
    ["POST", json, "cross-site", own],
    ["POST", json, "same-site", undefined],
    ["POST", form, undefined, undefined],
    ["POST", form, undefined, "null"],
    ["POST", form, undefined, foreign],
    ["POST", form, "none", undefined],
    ["POST", form, "cross-site", own],
    ["POST", undefined, undefined, undefined],
    ["POST", undefined, "none", undefined],
    ["POST", `text/plain; of=${json}`, undefined, undefined],
    ["DELETE", "text/plain", undefined, undefined],
    ["DELETE", undefined, undefined, foreign],
    ["DELETE", undefined, "cross-site", undefined],
    ["PATCH", undefined, "same-site", undefined],
  ])("is refused: %s, content type %s, Sec-Fetch-Site %s, Origin %s", async (...of) => {
    simulator.fail("auth", { kind: "http_502" });
    expect(await send(commandOf(...of))).toEqual(notOwn);
    expect(simulator.faults()).toHaveLength(1);
  });

  function commandOf(method: string, type?: string, site?: string, origin?: string): Sent {
    const path = {
      GET: "/_simulator/state",
      DELETE: "/_simulator/faults",
      PATCH: "/_simulator/settings",
      POST: type === form ? "/_simulator/forms/reset" : "/_simulator/clock",
    }[method];
    return {
      method,
      path: path as string,
      headers: {
        ...(type === undefined ? {} : { "content-type": type }),
        ...(site === undefined ? {} : { "sec-fetch-site": site }),
        ...(origin === undefined ? {} : { origin: origin === own ? simulator.url : origin }),
      },
      ...(method === "POST" && type !== undefined
        ? { body: type === form ? "" : '{"advanceSeconds":0}' }
        : {}),
    };
  }
});

describe("a call with a long body", () => {
  it("is refused beyond 64 KiB, and the log keeps its beginning", async () => {
    const post = (length: number) =>
      fetch(`${simulator.url}/cgi-bin/stable_token`, { method: "POST", body: "x".repeat(length) });
    expect((await post(64 * 1024 + 1)).status).toBe(413);
    expect((await post(64 * 1024)).status).toBe(200);
    expect(simulator.requests().at(-1)?.body?.length).toBeLessThan(4200);
  });
});

describe("a very long nickname", () => {
  it("is represented by its first character", async () => {
    simulator.updatePerson("alice", { nickname: `\u{1F98A}${"x".repeat(100_000)}` });
    expect(await (await fetch(`${simulator.url}/people`)).text()).toContain("\u{1F98A}</span>");
  });
});
