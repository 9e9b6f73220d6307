import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The test files that `npm run test:mutation` asked for, in its order: the first failure ends the run of a change, so
 * the fast ones come first.
 */
const names: string[] = JSON.parse(process.env.MUTATION_TESTS ?? "[]");

export const include: string[] = names.map((name) => `test/${name}.test.{ts,tsx}`);

export class InOrder extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    return specifications.sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const path = moduleId.slice(moduleId.lastIndexOf("/test/") + "/test/".length).replace(/\.test\.tsx?$/, "");
  const isMeant = (name: string) => (name.endsWith("*") ? path.startsWith(name.slice(0, -1)) : path === name);
  return names.findIndex(isMeant);
}
