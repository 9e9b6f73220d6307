import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type SmallWorkspace, smallWorkspace } from "./support/small-workspace.js";
import { freePort } from "./support/system.js";

let workspace: SmallWorkspace;
beforeAll(() => {
  workspace = smallWorkspace();
});
afterAll(() => workspace.remove());

describe("`npm run demo`", () => {
  let service: Server | undefined;
  afterEach(() => service?.close());

  /** A service that sends people to the WeChat at this address. */
  async function serve(wechat: string, health = 200): Promise<string> {
    service = createServer((request, response) => {
      response.statusCode = request.url === "/healthz" ? health : 302;
      response.setHeader("location", request.url === "/login/wechat" ? `${wechat}/connect` : "http://other");
      response.end();
    });
    await new Promise<void>((resolve) => service?.listen(0, "127.0.0.1", resolve));
    return String((service.address() as AddressInfo).port);
  }

  it("fills the running system from the simulator, and says where to look", async () => {
    const { write } = workspace;
    write("apps/api/dist/demo.js", 'console.log("the week of", process.env.WECHAT_OPEN_URL);');
    write(
      "packages/wechat-simulator/dist/cli.js",
      'console.log(process.cwd(), process.argv.slice(2).join(" "));',
    );
    const PORT = await serve("http://127.0.0.1:4567");
    const env = { PORT, SIMULATOR_PORT: "4567", PUBLIC_URL: "http://login.test" };
    expect(await workspace.spawn("demo.mjs", [], env).finished).toMatchObject({
      code: 0,
      output: `the week of http://127.0.0.1:4567\n${workspace.path("packages/wechat-simulator")} traffic --demo --at http://login.test\n\nNow open http://login.test/admin/\n`,
    });
    write("packages/wechat-simulator/dist/cli.js", "process.exit(4);");
    expect(await workspace.spawn("demo.mjs", [], env).finished).toMatchObject({
      code: 4,
      output: "the week of http://127.0.0.1:4567\n",
    });
    write("apps/api/dist/demo.js", "process.exit(3);");
    expect(await workspace.spawn("demo.mjs", [], env).finished).toMatchObject({ code: 3, output: "" });
  });

  it("refuses real apps, a service that is not there or not healthy, and one with another WeChat", async () => {
    const run = (env: Record<string, string>) => workspace.spawn("demo.mjs", [], env).finished;
    expect(await run({ WECHAT_APPS: "[]" })).toMatchObject({
      code: 1,
      output: "WECHAT_APPS is set: the demo works with the simulated WeChat only.\n",
    });
    const unused = String(await freePort());
    const absent = (port: string) =>
      `No service answers at http://127.0.0.1:${port}: run \`npm start\` in another terminal first.\n`;
    expect(await run({ PORT: unused })).toMatchObject({ code: 1, output: absent(unused) });
    const unhealthy = await serve("http://127.0.0.1:4567", 503);
    expect(await run({ PORT: unhealthy })).toMatchObject({ code: 1, output: absent(unhealthy) });
    service?.close();
    const other = await serve("http://127.0.0.1:45678");
    expect(await run({ PORT: other, SIMULATOR_PORT: "4567" })).toMatchObject({
      code: 1,
      output: `The service at http://127.0.0.1:${other} does not use the simulated WeChat at http://127.0.0.1:4567.\n`,
    });
  });
});

describe.runIf(process.platform !== "win32")("`npm run pack:packages`", () => {
  it("builds and packs both packages, and prints the command that installs them", async () => {
    workspace.write("packages/wechat-oauth/package.json", '{ "name": "@scope/oauth", "version": "4.5.6" }');
    workspace.write(
      "packages/wechat-simulator/package.json",
      '{ "name": "@scope/simulator", "version": "1.2.3" }',
    );
    for (const check of ["publint", "attw"]) {
      workspace.tool(`packages/wechat-oauth/node_modules/.bin/${check}`, `echo "${check}: $*" >> "$LOG"`);
    }
    workspace.tool("bin/npx", 'shift 2; echo "$(basename "$PWD"): $*" >> "$LOG"');
    const { code, output } = await workspace.spawn("pack.mjs", [], { LOG: workspace.path("npx.log") })
      .finished;
    const dist = workspace.path("dist");
    const tarballs = `${dist}/scope-oauth-4.5.6.tgz ${dist}/scope-simulator-1.2.3.tgz`;
    expect(output).toMatch(
      /^Installing [^\n]*\n\nPacked\. In your project:\n\n {2}npm install ([^\n]*)\n\n$/,
    );
    expect(output).toContain(`npm install ${tarballs}\n`);
    expect(code).toBe(0);
    expect(workspace.read("npx.log").trim().split("\n").slice(1)).toEqual([
      `${workspace.folder.split("/").at(-1)}: exec turbo run build --filter @scope/oauth --filter @scope/simulator --output-logs=errors-only`,
      `wechat-oauth: pack --pack-destination ${dist}`,
      `publint: ${dist}/scope-oauth-4.5.6.tgz --strict`,
      `attw: ${dist}/scope-oauth-4.5.6.tgz --profile esm-only`,
      `wechat-simulator: pack --pack-destination ${dist}`,
      `publint: ${dist}/scope-simulator-1.2.3.tgz --strict`,
      `attw: ${dist}/scope-simulator-1.2.3.tgz --profile esm-only`,
    ]);
  });
});

describe.runIf(process.platform !== "win32")("`npm run release`", () => {
  /** A workspace whose programs write down how they were called; `changeset version` makes 0.2.0 of both packages. */
  function prepare(status = "") {
    const packages = { "wechat-oauth": "@scope/oauth", "wechat-simulator": "@scope/simulator" };
    for (const [folder, name] of Object.entries(packages)) {
      workspace.write(`packages/${folder}/package.json`, `{ "name": "${name}", "version": "0.1.0" }`);
    }
    for (const check of ["publint", "attw"]) {
      workspace.tool(`packages/wechat-oauth/node_modules/.bin/${check}`, "");
    }
    workspace.tool(
      "bin/npx",
      `shift 2; echo "pnpm $*" >> "$LOG"
      [ "$*" = "exec changeset version" ] || exit 0
      for name in oauth simulator; do
        echo "{ \\"name\\": \\"@scope/$name\\", \\"version\\": \\"0.2.0\\" }" > packages/wechat-$name/package.json
        echo "what is new in $name" > packages/wechat-$name/CHANGELOG.md
      done`,
    );
    workspace.tool(
      "bin/git",
      `echo "git $1 $2" >> "$LOG"
      case "$1" in clone) cp -r "$3" "$4" ;; status) printf "${status}" ;; esac`,
    );
    workspace.tool(
      "bin/tar",
      'echo "{ \\"version\\": \\"0.2.0\\", \\"devDependencies\\": { \\"unpublished\\": \\"1\\" } }"',
    );
    workspace.tool("bin/npm", `echo "npm $1 $(cat package.json)" >> "$LOG"; echo "what npm $1 prints"`);
    workspace.write("release.log", "");
  }
  const release = async (...args: string[]) => {
    const { code, output } = await workspace.spawn("release.mjs", args, {
      LOG: workspace.path("release.log"),
    }).finished;
    const calls = workspace.read("release.log").trim().split("\n");
    return { code, output, calls: calls.filter((call) => !/^pnpm (install|exec turbo|pack) /.test(call)) };
  };
  const sboms = Array(2).fill(['npm install {"version":"0.2.0"}', 'npm sbom {"version":"0.2.0"}']).flat();

  it("leaves in dist/ what it would publish, with --dry-run, and changes and publishes nothing", async () => {
    prepare();
    const { code, output, calls } = await release("--dry-run");
    expect(output).toContain("\nNothing is published, and nothing but dist/ is changed");
    expect([code, calls]).toEqual([0, ["git clone --quiet", "pnpm exec changeset version", ...sboms]]);
    expect(workspace.read("packages/wechat-oauth/package.json")).toContain("0.1.0");
    expect(workspace.has("packages/wechat-oauth/CHANGELOG.md")).toBe(false);
    for (const name of ["oauth", "simulator"]) {
      expect(workspace.read(`dist/wechat-${name}-0.2.0.CHANGELOG.md`)).toBe(`what is new in ${name}\n`);
      expect(workspace.read(`dist/wechat-${name}-0.2.0.cdx.json`)).toBe("what npm sbom prints\n");
    }
  });

  it("versions, packs, tags and publishes what is committed, and refuses what is not", async () => {
    prepare();
    const { code, output, calls } = await release();
    expect(output).toContain("\nPublished. Now: git push --follow-tags\n");
    expect([code, calls]).toEqual([
      0,
      [
        ...["git status --porcelain", "pnpm exec changeset version", ...sboms],
        ...["git status --porcelain", "pnpm exec changeset publish"],
      ],
    ]);
    prepare(" M README.md");
    expect(await release()).toMatchObject({
      code: 1,
      output: "There are changes that are not committed: a release is made of commits.\n",
      calls: ["git status --porcelain"],
    });
    expect(await release("--now")).toMatchObject({
      code: 2,
      output: "Usage: npm run release [-- --dry-run]\n",
    });
  });
});

/** What code that uses the scripts' own modules prints, in a process of its own. */
async function evaluate(code: string): Promise<{ code: number | null; output: string }> {
  workspace.write("scripts/evaluate.mjs", code);
  const { code: exit, output } = await workspace.spawn("evaluate.mjs").finished;
  return { code: exit, output };
}

describe("the check of Node's version", () => {
  it("compares numbers and not text, and prints what to install", async () => {
    const versions = ["20.19.0", "20.20.0", "20.100.1", "21.0.0", "22.1.0", "100.0.0"];
    const old = ["20.18.9", "20.9.0", "19.20.0", "18.99.0", "9.19.0"];
    const { output } = await evaluate(`
      import { isNodeNewEnough } from "./package-json.mjs";
      for (const node of ${JSON.stringify([...versions, ...old])}) {
        Object.defineProperty(process, "versions", { value: { node }, configurable: true });
        if (isNodeNewEnough()) console.error("Node " + node + " is fine");
      }`);
    expect(output.trim().split("\n")).toEqual([
      ...versions.map((version) => `Node ${version} is fine`),
      ...old.map((version) => `Node ${version} is too old: install Node 20.19 or newer, then try again.`),
    ]);
  });
});

describe.runIf(process.platform !== "win32")("a command that the scripts run", () => {
  it("has its own exit code, 1 after a signal, and 127 if there is no such program", async () => {
    const { output } = await evaluate(`
      import { run } from "./run-command.mjs";
      const code = (script, options) => run("sh", ["-c", script], options);
      console.log(await code("exit 0"), await code("exit 3"), await code("kill -9 $$"), await run("no-such-program", []));`);
    expect(output).toBe("0 3 1 127\n");
  });

  it("prints its output, or only after a failure, or never", async () => {
    const { output } = await evaluate(`
      import { run } from "./run-command.mjs";
      const say = (word, exit, options) => run("sh", ["-c", "echo " + word + "; echo " + word + " >&2; exit " + exit], options);
      await say("always", 0);
      await say("hidden", 0, { quiet: true });
      await say("failed", 1, { quiet: true });
      await say("silent", 1, { silent: true });`);
    expect(output).toBe("always\nalways\nfailed\nfailed\n");
  });

  it("runs at the root of the repository with this environment, or where and with what it is told", async () => {
    const { output } = await evaluate(`
      import { run } from "./run-command.mjs";
      process.chdir("/");
      process.env.WORD = "own";
      await run("sh", ["-c", "echo $PWD $WORD"]);
      await run("sh", ["-c", "echo $PWD $WORD"], { cwd: "/tmp", env: { ...process.env, WORD: "given" } });`);
    expect(output).toBe(`${workspace.folder} own\n/tmp given\n`);
  });
});

describe("the report of the test runner", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("counts the passed tests, and names each failure with the first line of its message", async () => {
    const path = join(workspace.folder, "scripts/test-report.mjs");
    const { default: TestReport } = await import(pathToFileURL(path).href);
    const test = (state: string, { note, errors }: { note?: string; errors?: object[] } = {}) => ({
      fullName: `${state} test`,
      result: () => ({ state, note, errors }),
    });
    const file = (name: string, state: string, errors: Error[], ...tests: object[]) => ({
      project: { name: "login" },
      relativeModuleId: `test/${name}.test.ts`,
      state: () => state,
      errors: () => errors,
      children: { allTests: () => tests },
    });
    const noRedis = { note: "no Redis" };
    process.env.TEST_REPORT = join(folder, "report.json");
    new TestReport().onTestRunEnd(
      [
        file("a", "passed", [], test("passed"), test("passed"), test("skipped", noRedis), test("skipped")),
        file(
          "b",
          "failed",
          [],
          test("failed", { errors: [new Error("expected 1 to be 2\n\n- 2\n+ 1"), new Error("and more")] }),
          test("passed"),
          test("failed", { errors: ["a text that was thrown" as unknown as object] }),
        ),
        file("c", "failed", [new Error("Cannot find package 'd'")]),
        file(
          "e",
          "failed",
          [new Error("before the tests"), new Error("after them")],
          test("skipped"),
          test("skipped", noRedis),
          test("passed"),
        ),
      ],
      [new Error("a promise that nothing awaited")],
    );
    delete process.env.TEST_REPORT;
    expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).toEqual({
      passed: 4,
      failures: [
        { name: "outside of a test", message: "a promise that nothing awaited" },
        { name: "login test/b.test.ts > failed test", message: "expected 1 to be 2" },
        { name: "login test/b.test.ts > failed test", message: "a text that was thrown" },
        { name: "login test/c.test.ts", message: "Cannot find package 'd'" },
        { name: "login test/e.test.ts", message: "before the tests" },
      ],
      skipped: [
        { name: "skipped test", reason: "no Redis" },
        { name: "skipped test", reason: "" },
        { name: "skipped test", reason: "no Redis" },
      ],
    });
  });
});
