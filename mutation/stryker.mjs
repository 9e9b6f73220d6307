import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

/**
 * Makes every change that Stryker knows to the given sources, and runs the tests that reach the changed spot.
 *
 * @param {string} directory of a package, from the root; its vitest.mutation.config.ts names the tests
 * @param {string[]} mutate files and ranges of lines of it: `src/a.ts`, `src/b.ts:12-34`
 * @throws {Error} a test fails without any change
 */
export function runStryker(directory, mutate) {
  return new Stryker({
    mutate: mutate.map((range) => `${directory}/${range}`),
    testRunner: "vitest",
    vitest: { configFile: `${directory}/vitest.mutation.config.ts`, related: true },
    tsconfigFile: `${directory}/tsconfig.json`,
    plugins: ["@stryker-mutator/vitest-runner", fileURLToPath(new URL("words.mjs", import.meta.url))],
    ignorers: ["words-for-humans"],
    coverageAnalysis: "perTest",
    // Most guards are patterns and tables made once, when their module is loaded: those changes count, too.
    ignoreStatic: false,
    concurrency: 2,
    timeoutMS: 10_000,
    // Works on a copy, so that a crash leaves no change in the sources. Whatever a package reaches by
    // node_modules, such as its neighbours, is the original.
    tempDirName: "coverage/mutation",
    cleanTempDir: "always",
    ignorePatterns: [
      "/*",
      "!/apps",
      "!/packages",
      "!/mutation",
      "!/package.json",
      "!/tsconfig.base.json",
      "dist",
      "*.md",
    ],
    reporters: ["progress-append-only"],
    logLevel: "warn",
  }).runMutationTest();
}
