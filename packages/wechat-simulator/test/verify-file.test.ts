import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { demoOfficialAccount } from "../src/index.js";
import { addCallbackHost, verifyFileOf } from "../src/rules/verify-file.js";
import { Apps } from "../src/stores/apps.js";

let domain: Server | undefined;
afterEach(() => {
  domain?.closeAllConnections();
  domain?.close();
});

const file = verifyFileOf("seed", demoOfficialAccount.appId);

/** Adds a host whose web server answers like this. @returns the error's message, or the hosts */
async function addHostThat(
  answer: (response: ServerResponse) => void,
  timeoutMs = 300,
): Promise<string | readonly string[]> {
  domain = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => domain?.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(domain.address() as AddressInfo).port}`;
  const [app] = new Apps([demoOfficialAccount], []).list();
  if (!app) throw new Error("there is one app");
  try {
    await addCallbackHost(app, file, host, timeoutMs);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message.replace(host, "HOST");
  }
  return app.callbackHosts.map((added) => added.replace(host, "HOST"));
}

describe("the MP_verify file of a callback domain", () => {
  it("may arrive in chunks, with white space around its token", async () => {
    const added = await addHostThat((response) => {
      response.write(`\n${file.content.slice(0, 7)}`);
      setImmediate(() => response.end(`${file.content.slice(7)}\r\n`));
    });
    expect(added).toEqual(["HOST"]);
  });

  it("is read up to one kilobyte, so that an endless body does not fill the memory", async () => {
    let sentBytes = 0;
    const refused = await addHostThat((response) => {
      const chunk = Buffer.alloc(64 * 1024, " ");
      const more = (): void => {
        while (!response.destroyed && sentBytes < 64 * 1024 * 1024) {
          sentBytes += chunk.length;
          if (!response.write(chunk)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    expect(refused).toBe(`${file.name} at HOST does not contain exactly its token`);
    expect(sentBytes).toBeLessThan(16 * 1024 * 1024);
  });

  it("is read up to one kilobyte over all its chunks", async () => {
    const refused = await addHostThat((response) => {
      response.write(" ".repeat(600));
      setTimeout(() => response.end(" ".repeat(600) + file.content), 50); // so that they arrive one by one
    });
    expect(refused).toBe(`${file.name} at HOST does not contain exactly its token`);
  });

  it.each([
    [1024, ["HOST"]],
    [1025, `${file.name} at HOST does not contain exactly its token`],
  ])("may have %i bytes: %j", async (length, result) => {
    expect(await addHostThat((response) => response.end(file.content.padStart(length)))).toEqual(result);
  });

  it("is refused by its status without reading the body, and the connection is closed", async () => {
    let closed: Promise<unknown> | undefined;
    const refused = await addHostThat((response) => {
      closed = once(response, "close");
      response.writeHead(404).flushHeaders();
    }, 60_000);
    expect(refused).toBe(`${file.name} at HOST answers HTTP 404, not 200`);
    await closed;
  }, 5000); // without that, it stays open until a garbage collection

  it.each([
    "",
    "/",
    "/shop.example",
    "\\shop.example",
    "?",
    "a b",
    "shop.example/a?b",
    "user@shop.example",
    "shop.example?a=1",
    "shop.example#a",
    "[::1",
  ])("is not asked for at %j, which is no host", async (host) => {
    const fetched = vi.spyOn(globalThis, "fetch");
    onTestFinished(() => fetched.mockRestore());
    const [app] = new Apps([demoOfficialAccount], []).list();
    const added = app && addCallbackHost(app, file, host);
    await expect(added).rejects.toThrow(
      expect.objectContaining({
        name: "TypeError",
        message: "a callback host is host, host:port or host/dir",
      }),
    );
    expect([fetched.mock.calls, app?.callbackHosts]).toEqual([[], []]);
  });

  it("is asked for in the folder of a host that has one, without the slashes at its end", async () => {
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(file.content));
    onTestFinished(() => fetched.mockRestore());
    const [app] = new Apps([demoOfficialAccount], []).list();
    if (app) await addCallbackHost(app, file, "shop.example/a/b//");
    expect([fetched.mock.calls[0]?.[0], app?.callbackHosts]).toEqual([
      `http://shop.example/a/b/${file.name}`,
      ["shop.example/a/b"],
    ]);
  });

  it("could not be fetched for a reason, which the error keeps", async () => {
    const [app] = new Apps([demoOfficialAccount], []).list();
    const added = app && addCallbackHost(app, file, "127.0.0.1:1");
    await expect(added).rejects.toMatchObject({ cause: { message: "fetch failed" } });
  });

  it("has five seconds to arrive", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    const [app] = new Apps([demoOfficialAccount], []).list();
    if (app) await addCallbackHost(app, file, "127.0.0.1:1").catch(() => undefined);
    expect(timeout.mock.calls).toEqual([[5000]]);
    timeout.mockRestore();
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["does not answer", () => undefined],
    ["stalls within the body", (response) => void response.write("a")],
    ["cuts the body", (response) => void response.write("a", () => response.destroy())],
  ])("counts as not fetched if its server %s", async (_title, answer) => {
    expect(await addHostThat(answer)).toBe(`${file.name} could not be fetched from HOST`);
  });
});
