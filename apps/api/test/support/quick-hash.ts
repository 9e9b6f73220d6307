import { vi } from "vitest";

// In place of password-hash.ts, for tests in which nothing depends on how slow a hash is:
// vi.mock("../src/domain/operators/password-hash.js", () => import("./support/quick-hash.js"))
// The real one is tested by passwords.test.ts.

const actual = await vi.importActual<typeof import("../../src/domain/operators/password-hash.js")>(
  "../../src/domain/operators/password-hash.js",
);

export const { passwordProblem, TooManyHashesError } = actual;

export const hashPassword = async (password: string): Promise<string> => `quick hash of ${password}`;

export const isPassword = async (password: string, stored: string | undefined): Promise<boolean> =>
  stored === `quick hash of ${password}`;
