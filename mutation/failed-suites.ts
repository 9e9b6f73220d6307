import type { Reporter, TestModule, TestSuite, Vitest } from "vitest/node";

/**
 * Reports a file of tests that does not load, and a hook that fails, as an error of the run. Stryker counts failed tests
 * only, and these leave tests that never ran: a change that breaks the start of a server would count as unnoticed.
 */
export class FailedSuites implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestModuleEnd(module: TestModule): void {
    this.#report(module);
  }

  onTestSuiteResult(suite: TestSuite): void {
    this.#report(suite);
  }

  #report(suite: TestModule | TestSuite): void {
    // Stryker prints the error, and cannot print one that came from a worker as it is.
    for (const { message } of suite.errors()) {
      this.#vitest?.state.catchError(new Error(message), "Failed Suite");
    }
  }
}
