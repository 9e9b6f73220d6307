import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

const builtBy = (part: string) => {
  const folder = join(root, part, "dist");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
};

const packedBy = (name: string) => {
  const folder = join(root, "packages", name);
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      ...{ cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      shell: process.platform === "win32",
    }),
  ) as [{ files: { path: string }[] }];
  return packed.files.map(({ path }) => join(folder, path));
};

/** The AppSecrets of the simulated apps, and one of an example: no real app has them. */
const madeUp = /^(5d0c1a7e0{16,}|(0123456789abcdef){2}$)/;

const faultsOf = (file: string, text: string) => [
  ...(/\.map$|\.test\.|\.spec\.|(^|[\\/])(test|__snapshots__)[\\/]/.test(file) ? ["its name"] : []),
  ...(/[#@] ?sourceMappingURL=/.test(text) ? ["a source map"] : []),
  ...(/(from|import|require)\W{0,3}["'](vitest|happy-dom|@testing-library)/.test(text) ? ["test code"] : []),
  ...(/-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}/.test(text) ? ["a private key"] : []),
  ...(text.match(/\b[0-9a-f]{32}\b/g) ?? [])
    .filter((secret) => !madeUp.test(secret))
    .map((secret) => `what may be an AppSecret: ${secret}`),
];

describe("what is built and published", () => {
  it.each([
    ["the console", () => builtBy("apps/admin")],
    ["the pages of a sign-in", () => builtBy("apps/login")],
    ["the server", () => builtBy("apps/api")],
    ["the package @wechat-login/oauth", () => packedBy("wechat-oauth")],
    ["the package @wechat-login/simulator", () => packedBy("wechat-simulator")],
  ])("has no secret, test code or source map in %s [T60]", (_, list) => {
    const files = list().filter((file) => !/\.(br|gz)$/.test(file));
    expect(files.length).toBeGreaterThan(5);
    const faults = files.flatMap((file) =>
      faultsOf(file.slice(root.length), readFileSync(file, "utf8")).map((fault) => [file, fault]),
    );
    expect(faults).toEqual([]);
  });
});

describe("the built console", () => {
  it("has the styles of each component of Mantine that it uses", () => {
    const built = (ending: string) =>
      builtBy("apps/admin")
        .filter((file) => file.endsWith(ending))
        .map((file) => readFileSync(file, "utf8"))
        .join("\n");
    const mantine = readFileSync(join(root, "apps/admin/node_modules/@mantine/core/styles.css"), "utf8");
    const [scripts, styles] = [built(".js"), built(".css")];
    const used = new Set(
      scripts.match(/\bm_[0-9a-f]{6,8}\b/g)?.filter((name) => mantine.includes(`.${name}`)),
    );
    expect(used.size).toBeGreaterThan(50);
    expect(
      [...used].filter((name) => !styles.includes(`.${name}`)),
      "see src/mantine.css",
    ).toEqual([]);
  });
});

describe("a secret, test code or a source map", () => {
  it.each([
    ["assets/index.js.map", "", "its name"],
    ["dist/client.test.js", "", "its name"],
    ["dist/a.js", "//# sourceMappingURL=a.js.map", "a source map"],
    ["dist/a.js", 'import { it } from "vitest";', "test code"],
    ["dist/a.js", `-----BEGIN PRIVATE KEY-----\n${"MIIE".repeat(9)}`, "a private key"],
    ["dist/a.js", `secret: "${"0f".repeat(16)}"`, `what may be an AppSecret: ${"0f".repeat(16)}`],
  ])("is found in %s with the content %j", (file, text, fault) => {
    expect(faultsOf(file, text)).toEqual([fault]);
  });
});

describe("the start of the server", () => {
  it("loads neither passkeys, nor the console's development server, nor any database's driver before it needs them", () => {
    const { files, packages } = loadedBy("apps/api/dist/main.js");
    expect(files.size).toBeGreaterThan(100);
    expect([...packages]).toContain("fastify");
    const late = ["@simplewebauthn/server", "@fastify/http-proxy", "pg", "better-sqlite3"];
    expect(late.filter((name) => packages.has(name))).toEqual([]);
  });
});

/** What a module imports before it runs, and what that imports in turn: our files and the names of packages. */
function loadedBy(main: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(
      /^(?:import|export)\b[^"]*"([^"]+)";$/gm,
    )) {
      if (from.startsWith(".")) visit(join(dirname(file), from));
      else packages.add(from);
    }
  };
  visit(join(root, main));
  return { files, packages };
}
