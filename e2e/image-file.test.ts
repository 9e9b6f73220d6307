import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const instructions = read("deploy/Dockerfile")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const stages = instructions.flatMap((line, at) => (line.startsWith("FROM ") ? [at] : []));
const lastStage = instructions.slice(stages.at(-1));
const programOf = (name: string) => {
  const line = lastStage.find((one) => one.includes(`${name} [`)) ?? "";
  return JSON.parse(line.slice(line.indexOf("["))) as string[];
};

describe("deploy/Dockerfile", () => {
  it("takes the base image and the npm registry as arguments", () => {
    expect(instructions).toContain("ARG BASE_IMAGE=node:24-bookworm-slim");
    expect(instructions).toContain("ARG NPM_REGISTRY=https://registry.npmjs.org/");
    expect(stages.map((at) => instructions[at]?.includes(`\${BASE_IMAGE}`))).toEqual([true, true]);
  });

  it("installs nothing in the last stage, which gets the folder of `npm run assemble` alone", () => {
    expect(lastStage.filter((line) => line.startsWith("COPY"))).toEqual([
      "COPY --from=build /wechat-login ./",
    ]);
    expect(lastStage.filter((line) => line.startsWith("RUN"))).toEqual([
      "RUN install -d -o node -g node -m 700 /data",
    ]);
  });

  it("runs as the user node, with its data in the volume /data", () => {
    expect(lastStage).toContain("USER node");
    expect(lastStage).toContain("VOLUME /data");
    expect(lastStage).toContain("ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data/login");
  });

  it("starts the server with node itself, and checks its health", () => {
    expect(lastStage.at(-1)).toBe('CMD ["node", "scripts/serve.mjs"]');
    expect(lastStage.some((line) => line.startsWith("HEALTHCHECK "))).toBe(true);
    expect(programOf("CMD")).toEqual(["node", "scripts/healthcheck.mjs"]);
    for (const script of ["scripts/serve.mjs", "scripts/healthcheck.mjs"]) {
      expect(existsSync(new URL(`../${script}`, import.meta.url)), script).toBe(true);
    }
  });
});

describe("the folder of `npm run assemble`", () => {
  it("has every command that README names for a running system", () => {
    const commands = /const commands = \[([^\]]*)\]/.exec(read("scripts/assemble.mjs"))?.[1] ?? "";
    const inFolder = [...commands.matchAll(/"([^"]+)"/g)].map(([, command]) => command as string);
    const onRunning = [
      "serve",
      "operator",
      "groups",
      "audit",
      "doctor",
      "people",
      "openids",
      "host",
      "backup",
      "keys",
    ];
    expect(inFolder).toEqual(expect.arrayContaining([...onRunning, "to-postgres"]));
  });
});
