import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { builtPages, vitePages } from "../src/http/pages.js";

describe("the pages that were built", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "wechat-login-pages-"));
    for (const language of ["en", "zh"]) await mkdir(join(folder, "pages", language), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));
  const build = (path: string, text: string) => writeFile(join(folder, "pages", path), text);

  it("are read once each, by language and name", async () => {
    const read = builtPages(folder);
    await build("en/home.html", "Welcome");
    await build("zh/home.html", "欢迎");
    expect([await read("en", "home"), await read("zh", "home")]).toEqual(["Welcome", "欢迎"]);
    await build("en/home.html", "changed");
    expect(await read("en", "home")).toBe("Welcome");
  });

  it("are read again after they could not be", async () => {
    const read = builtPages(folder);
    await expect(read("en", "busy")).rejects.toMatchObject({ code: "ENOENT" });
    await build("en/busy.html", "Busy");
    expect(await read("en", "busy")).toBe("Busy");
  });
});

describe("the pages of a development server", () => {
  afterEach(() => void vi.unstubAllGlobals());
  const answer = (text: string, status: number) => {
    const fetched = vi.fn(async (_url: string) => new Response(text, { status }));
    vi.stubGlobal("fetch", fetched);
    return fetched;
  };

  it("are asked for by language and name", async () => {
    const fetched = answer("Welcome", 200);
    expect(await vitePages("http://127.0.0.1:4001")("en", "home")).toBe("Welcome");
    expect(fetched.mock.calls).toEqual([["http://127.0.0.1:4001/login/pages/en/home.html"]]);
  });

  it("are missing where it answers an error, whatever it says", async () => {
    answer("<h1>Cannot read</h1>", 500);
    await expect(vitePages("http://127.0.0.1:4001")("en", "home")).rejects.toThrow(/answered 500/);
  });
});
