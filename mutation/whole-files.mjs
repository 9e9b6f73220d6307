import { strykerPlugins as ofVitest } from "@stryker-mutator/vitest-runner";

const [{ factory }] = ofVitest;

/**
 * A Stryker plugin that runs Vitest, and believes of each test that it reaches what any test of its file reaches. A database
 * keeps the statements that were built, and many test files keep their database: only the first test of a file that uses a
 * statement builds it, and another one may be the test that notices a change.
 */
export const strykerPlugins = [
  {
    kind: "TestRunner",
    name: "vitest-whole-files",
    factory: Object.assign(create, { inject: factory.inject }),
  },
];

function create(injector) {
  const runner = factory(injector);
  const { dryRun } = runner;
  return Object.assign(runner, {
    dryRun: async (options) => reachedByFile(await dryRun.call(runner, options)),
  });
}

function reachedByFile(result) {
  const { perTest } = result.mutantCoverage ?? {};
  if (!perTest) return result;
  const reached = new Map();
  for (const [test, changes] of Object.entries(perTest)) {
    reached.set(fileOf(test), { ...reached.get(fileOf(test)), ...changes });
  }
  for (const { id } of result.tests) perTest[id] = reached.get(fileOf(id)) ?? {};
  return result;
}

/** Of `apps/api/test/sessions.test.ts#ends a session`. */
const fileOf = (test) => test.split("#", 1)[0];
