import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "../../examples/web-handler/test/browser.js";
import { freePort } from "../support/system.js";
import {
  createProject,
  dependenciesOf,
  type Project,
  packPackages,
  type RunningServer,
  root,
} from "./support/project.js";

// Everything that a developer copies out of this repository, in a project of its framework that knows nothing of the
// repository: the packages come from their tarballs, everything else from npm.

const typescript = ["typescript@6.0.3", "@types/node@20"];
const strict = { strict: true, skipLibCheck: true, target: "ES2023", types: ["node"] };
const forNode = { ...strict, module: "NodeNext", rootDir: "src", outDir: "dist" };
const forBundlers = { ...strict, module: "ESNext", moduleResolution: "Bundler", noEmit: true };

let tarballs: { library: string; simulator: string };
let wechat: Project;
let simulator: RunningServer;
let port: number;
let origin: string;
let environment: { [name: string]: string };
const projects: Project[] = [];
const servers: RunningServer[] = [];

beforeAll(async () => {
  tarballs = await packPackages();
  port = await freePort();
  origin = `http://localhost:${port}`;
  const simulatorPort = await freePort();
  const wechatUrl = `http://127.0.0.1:${simulatorPort}`;
  environment = {
    ...parseEnv(readFileSync(join(root, "examples/web-handler/simulator.env"), "utf8")),
    PUBLIC_URL: origin,
    WECHAT_URL: wechatUrl,
    PORT: String(port),
  };
  wechat = await project([tarballs.simulator, tarballs.library, ...typescript]);
  simulator = await wechat.start("wechat-simulator", [], {
    url: wechatUrl,
    env: { SIMULATOR_PORT: String(simulatorPort), SIMULATOR_CALLBACK_HOST: new URL(origin).host },
  });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(async () => {
  await simulator?.stop();
  for (const { remove } of projects) remove();
});

describe("the handler from Request to Response, copied into a project", () => {
  const others = (mount: string) =>
    ["hono", "next-route", "server", "worker"]
      .filter((name) => !mount.includes(name))
      .map((name) => `mounts/${name}.ts`);

  it("builds with Next.js 16, whose server signs a person in", async () => {
    const next = await project([...react, ...typescript, tarballs.library]);
    next.write("tsconfig.json", tsconfig({ strict: true, allowImportingTsExtensions: true }));
    next.write("app/layout.tsx", layout);
    next.write(
      "app/page.tsx",
      'export default function Home() {\n  return <a href="/login">Sign in</a>;\n}\n',
    );
    next.copy("examples/web-handler/src", "lib/login", { without: others("next-route") });
    next.write("app/login/[[...step]]/route.ts", snippet("next-route"));
    await next.run("next", "build");
    await start(next, "next", ["start", "--hostname", "127.0.0.1", "--port", String(port)]);
    await signInTwice();
  });

  it("compiles for Hono on Node, whose server signs a person in", async () => {
    const app = await project([...hono, "@hono/node-server@2.1.9", ...typescript, tarballs.library]);
    app.write("tsconfig.json", tsconfig({ ...forNode, rewriteRelativeImportExtensions: true }));
    app.copy("examples/web-handler/src", "src/login", { without: others("hono server") });
    app.write("src/main.ts", snippet("@hono/node-server"));
    await app.run("tsc");
    await start(app, process.execPath, ["dist/main.js"]);
    await signInTwice();
  });

  it("is bundled by wrangler for a Worker, which signs a person in under Cloudflare's runtime", async () => {
    // The newest wrangler that runs on every Node of this repository.
    const worker = await project([
      "wrangler@4.80.0",
      "@cloudflare/workers-types@4.20260702.1",
      ...typescript,
      tarballs.library,
    ]);
    worker.write(
      "tsconfig.json",
      tsconfig({
        ...forBundlers,
        types: ["@cloudflare/workers-types"],
        lib: ["ES2023"],
        allowImportingTsExtensions: true,
      }),
    );
    worker.copy("examples/web-handler/src", "src/login", { without: others("worker") });
    worker.write(
      "wrangler.json",
      JSON.stringify({ name: "login", main: "src/login/mounts/worker.ts", compatibility_date: "2026-03-01" }),
    );
    worker.write(
      ".dev.vars",
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    await worker.run("tsc");
    expect(await worker.run("wrangler", "deploy", "--dry-run", "--outdir", "dist")).toContain("Total Upload");
    await start(worker, "wrangler", ["dev", "--ip", "127.0.0.1", "--port", String(port)]);
    await signInTwice();
  });

  it.each([
    ["Bun", "bun", []],
    ["Deno", "deno", ["serve", "--no-prompt", "--allow-net", "--allow-env", "--host=127.0.0.1"]],
  ])("runs as it is under %s, where it signs a person in", async (_, name, options) => {
    const copied = await project([...hono, tarballs.library]);
    copied.copy("examples/web-handler/src", "login", { without: others("hono server") });
    // Both runtimes are dependencies of the example, each with a script that moves its binary into place.
    const runtime = join(root, "examples/web-handler/node_modules/.bin", name);
    const args = name === "deno" ? [...options, `--port=${port}`] : options;
    await start(copied, runtime, [...args, "login/mounts/server.ts"]);
    await signInTwice();
  });
});

describe("the example for Node, copied into a project", () => {
  it("compiles for Fastify, whose server signs a person in", async () => {
    const fastify = await project([
      ...dependenciesOf("fastify").filter((name) => /fastify/.test(name)),
      ...typescript,
      tarballs.library,
    ]);
    fastify.write("tsconfig.json", tsconfig(forNode));
    fastify.copy("examples/fastify/src", "src");
    await fastify.run("tsc");
    await start(fastify, process.execPath, ["dist/main.js"]);
    const alice = browser("alice");
    await alice.request(await alice.goToWeChat());
    expect(await (await alice.request("/")).text()).toMatch(/Hello 林小满, you are person [0-9a-f-]{36}\./);
  });

  // It is not started here: better-sqlite3 may have to be compiled. The api's tests run the whole shop.
  it("compiles for Express", async () => {
    const express = await project([...dependenciesOf("host-express"), ...typescript]);
    express.write("tsconfig.json", tsconfig(forNode));
    express.copy("examples/host-express/src", "src");
    await express.run("tsc");
  });
});

describe("the packages' READMEs", () => {
  const library = codeBlocks("packages/wechat-oauth/README.md");

  it.each([
    ["Node", forNode],
    ["bundlers", forBundlers],
  ])("show TypeScript that compiles with the packed packages in a project for %s", async (_, options) => {
    const folder = `snippets-${options.module}`;
    const blocks = [
      library,
      ...["packages/wechat-simulator/README.md", "docs/simulator-for-any-sdk.md"].map(codeBlocks),
    ]
      .flat()
      .filter(({ language }) => language === "ts");
    expect(blocks.length).toBeGreaterThan(9);
    blocks.forEach(({ code }, i) => {
      wechat.write(`${folder}/${i}.ts`, withExplainedNames(code));
    });
    // The packages' own types are checked as well.
    wechat.write(
      `${folder}/tsconfig.json`,
      tsconfig({ ...options, rootDir: ".", noEmit: true, skipLibCheck: false }),
    );
    await wechat.run("tsc", "-p", folder);
  });

  it("show a first server that signs a person in with the packed packages", async () => {
    wechat.write("server.mjs", library.find(({ language }) => language === "js")?.code ?? "");
    await start(wechat, process.execPath, ["server.mjs"], { SIMULATOR_URL: environment.WECHAT_URL ?? "" });
    const alice = browser("alice");
    await alice.request(await alice.goToWeChat());
    expect(await (await alice.request("/")).text()).toMatch(/^Hello 林小满, your openid is o/);
  });
});

const hono = dependenciesOf("web-handler").filter((name) => name.startsWith("hono@"));
const react = ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1", "@types/react@19.3.3"];
const layout = `import type { ReactNode } from "react";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;

const tsconfig = (compilerOptions: object): string => JSON.stringify({ compilerOptions });

async function project(packages: readonly string[]): Promise<Project> {
  const created = await createProject(packages);
  projects.push(created);
  return created;
}

async function start(
  { start }: Project,
  command: string,
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<void> {
  servers.push(
    await start(command, args, { url: `http://127.0.0.1:${port}/login`, env: { ...environment, ...env } }),
  );
}

/** A person's browser at the started server. */
function browser(person: string): Browser {
  const here = `http://127.0.0.1:${port}`;
  return new Browser(
    ({ url, method, headers }) =>
      fetch(url.replace(/^http:\/\/localhost:\d+/, here), { method, headers, redirect: "manual" }),
    person,
  );
}

async function signInTwice(): Promise<void> {
  const alice = browser("alice");
  const callback = await alice.goToWeChat();
  // A repeated callback has the first one's result.
  for (const _attempt of [1, 2]) expect((await alice.request(callback)).status).toBe(303);
  const id = await alice.whoAmI();
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await browser("alice").signIn()).toBe(id);
  expect((await browser("emoji").request(callback)).status).toBe(400);
}

interface CodeBlock {
  language: string;
  code: string;
}

/** The blocks of code that a page shows. */
function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(join(root, page), "utf8");
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language = "", code = ""]) => ({
    language,
    code,
  }));
}

/** The only block of the example's README that contains these words. */
function snippet(words: string): string {
  const found = codeBlocks("examples/web-handler/README.md").filter(({ code }) => code.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} blocks contain ${words}`);
  return found[0]?.code ?? "";
}

/** What a block leaves to its reader: the names that the text around it explains. */
const explained = {
  "openMyStore()": `import { storeContract } from "@wechat-login/oauth/testing";
declare const openMyStore: Parameters<typeof storeContract>[0];
declare function it(name: string, test: () => Promise<void>): void;
`,
  "fork(": 'import { fork } from "node:child_process";\n',
  // The block begins where a simulator runs already.
  '/tls";\n\nconst tlsProxy = await startTlsProxy(simulator)':
    'declare const simulator: import("@wechat-login/simulator").Simulator;\n',
};

function withExplainedNames(code: string): string {
  const missing = Object.entries(explained).filter(([use]) => code.includes(use));
  return missing.map(([, declaration]) => declaration).join("") + code;
}
