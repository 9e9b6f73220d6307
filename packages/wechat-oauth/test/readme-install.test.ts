import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

interface Manifest {
  name: string;
  version: string;
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  publishConfig: { exports: Record<string, string | Record<string, string>> };
}

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), "utf8");
const manifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await read(`${folder}/package.json`));
const readme: string = await read("../README.md");

describe("the README's installation steps", () => {
  it("use a pack command that exists", async () => {
    expect(readme).toContain("npm run pack:packages");
    expect((await manifest("../../..")).scripts).toHaveProperty("pack:packages");
  });

  it.each(["wechat-oauth", "wechat-simulator"])("name the tarball of the current %s", async (folder) => {
    const { name, version } = await manifest(`../../${folder}`);
    const file = name.replace("@", "").replace("/", "-");
    expect(readme).toContain(`/dist/${file}-${version}.tgz`);
  });

  it.each(["wechat-oauth", "wechat-simulator"])(
    "install %s with the same entries as in the workspace, except those for unpacked sources",
    async (folder) => {
      const { exports, publishConfig } = await manifest(`../../${folder}`);
      for (const target of Object.values(exports))
        if (typeof target === "object") delete target["dev-source"];
      expect(publishConfig.exports).toEqual(exports);
    },
  );
});

describe("the README's comparison", () => {
  it.each([
    ["co-wechat-oauth", "co-wechat-oauth"],
    ["wechat-oauth", "wechat-oauth-of-npm"],
    ["better-auth", "better-auth"],
    ["co-wechat-api", "co-wechat-api"],
  ])("names %s in the version that the simulator's tests use", async (name, installedAs) => {
    const { devDependencies } = await manifest("../../wechat-simulator");
    const [version] = /[\d.]+$/.exec(devDependencies[installedAs] ?? "") ?? [];
    expect(version).toBeDefined();
    expect(readme).toMatch(
      new RegExp(`\\| (the same, and |co-wechat-oauth [\\d.]+, )?${name} ${version}\\b`),
    );
  });
});
