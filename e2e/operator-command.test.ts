import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runScript } from "./support/run-script.js";

let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "operator-"));
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const operator = (args: string[]) => runScript("operator", args, { dataDir });

describe("`npm run operator`", () => {
  it.each(["link", "link --role viewer", "link --role=viewer", "--role owner link"])(
    "accepts the arguments `%s` and prints a link",
    async (line) => {
      const { code, output } = await operator(line.split(" "));
      expect(output).toMatch(/^http:\/\/localhost:4000\/admin\/set-up#[\w-]{20,}\n$/);
      expect(code).toBe(0);
    },
  );

  it.each([
    { line: "link --role nope", problem: "--role must be one of viewer, operator, owner." },
    { line: "link --role=Owner", problem: "--role must be one of viewer, operator, owner." },
    { line: "link --role", problem: "argument missing" },
    { line: "link --rol viewer", problem: "Unknown option '--rol'" },
    { line: "link viewer", problem: "The command is: link or reset-factors." },
    { line: "unlink", problem: "The command is: link or reset-factors." },
    { line: "", problem: "The command is: link or reset-factors." },
  ])(
    "refuses the arguments $line, prints the reason and the usage, and makes no link",
    async ({ line, problem }) => {
      const { code, output } = await operator(line.split(" ").filter((word) => word !== ""));
      expect(code).toBe(1);
      expect(output).toContain(problem);
      expect(output).toContain("Usage: npm run operator -- link [--role viewer|operator|owner]\n");
      expect(output).not.toContain("#");
    },
  );
});
