import { BaseSequencer, type TestSpecification } from "vitest/node";

/** A sequencer that runs test files in the order of the list: the fast ones first, because the first failure ends a run. */
export function inOrder(files: readonly string[]): typeof BaseSequencer {
  const rank = ({ moduleId }: TestSpecification) => files.findIndex((file) => moduleId.endsWith(`/${file}`));
  return class extends BaseSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      return specifications.sort((a, b) => rank(a) - rank(b));
    }
  };
}
