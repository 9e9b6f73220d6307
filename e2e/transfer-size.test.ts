import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSystem, startSystem } from "./support/system.js";

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

/** The body as it crosses the wire, and as a browser reads it. */
async function load(path: string, encoding: "br" | "gzip"): Promise<{ wireBytes: number; text: string }> {
  const headers = { accept: "text/html", "accept-encoding": encoding };
  const wireBytes = await new Promise<number>((resolve, reject) => {
    get(new URL(path, system.url), { headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} answered ${answer.statusCode}`));
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on("end", () => resolve(bytes));
    }).on("error", reject);
  });
  const text = await fetch(new URL(path, system.url), { headers }).then((answer) => answer.text());
  return { wireBytes, text };
}

/** A page and everything that its HTML names: scripts, preloads, styles, icons; of the console also the texts of a language. */
async function firstLoad(path: string, encoding: "br" | "gzip") {
  const page = await load(path, encoding);
  const named = [...page.text.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="(\/[^"]+)"/g)];
  const files = [...new Set(named.map(([, file = ""]) => file))];
  const loaded = await Promise.all(files.map((file) => load(file, encoding)));
  const texts = new Set(loaded.flatMap(({ text }) => text.match(/\b(?:en|zh)-[\w-]+\.js\b/g) ?? []));
  const ofLanguages = await Promise.all(
    [...texts].map(async (file) => (await load(`/admin/assets/${file}`, encoding)).wireBytes),
  );
  const wireBytes = loaded.reduce((sum, file) => sum + file.wireBytes, page.wireBytes);
  return { files, languages: texts.size, wireBytes: wireBytes + Math.max(0, ...ofLanguages) };
}

describe.each(["br", "gzip"] as const)("the encoding %s", (encoding) => {
  it("keeps the console's first load within 300 KB", async () => {
    const { files, languages, wireBytes } = await firstLoad("/admin/", encoding);
    expect([files.length, languages]).toEqual([5, 2]);
    expect(wireBytes).toBeLessThanOrEqual(300 * 1024);
  });

  it("keeps a login page within 40 KB", async () => {
    const { files, wireBytes } = await firstLoad("/login/account", encoding);
    expect(files.length).toBeGreaterThan(1);
    expect(wireBytes).toBeLessThanOrEqual(40 * 1024);
  });
});
