import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

/**
 * Applies every mutation that Stryker knows to the given sources, and runs the tests that reach the mutated code.
 *
 * @param {string} directory of a package, from the root
 * @param {import("./plan.mjs").Source[]} sources
 * @param {string[]} tests as parts.mjs names them
 * @throws {Error} a test fails without a mutation
 */
export function runStryker(directory, sources, tests) {
  process.env.MUTATION_TESTS = JSON.stringify(tests); // vitest.mutation.config.ts reads it in each worker
  return new Stryker({
    mutate: sources.flatMap(({ file, lines }) => lines.map(([first, last]) => `${file}:${first}-${last}`)),
    testRunner: sources.some(({ file }) => file.includes("src/db/")) ? "vitest-whole-files" : "vitest",
    vitest: { configFile: `${directory}/vitest.mutation.config.ts`, related: true },
    tsconfigFile: `${directory}/tsconfig.json`,
    plugins: [
      "@stryker-mutator/vitest-runner",
      fileURLToPath(new URL("words.mjs", import.meta.url)),
      fileURLToPath(new URL("whole-files.mjs", import.meta.url)),
    ],
    ignorers: ["words-for-humans"],
    coverageAnalysis: "perTest",
    // Most guards are patterns and tables that are created when their module loads; those mutations count as well.
    ignoreStatic: false,
    concurrency: 2,
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 15,
    // Mutates a copy, so that a crash leaves the sources unchanged. What a package imports through
    // node_modules, such as other packages of the workspace, is the original.
    tempDirName: "coverage/mutation",
    cleanTempDir: "always",
    ignorePatterns: [
      "/*",
      "!/apps",
      "!/packages",
      "!/mutation",
      "!/docs", // a test of the metrics reads the dashboard
      "!/package.json",
      "!/tsconfig.base.json",
      "dist",
    ],
    reporters: ["progress-append-only"],
    logLevel: "warn",
  }).runMutationTest();
}
