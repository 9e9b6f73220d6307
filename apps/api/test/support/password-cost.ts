import type { PasswordCost } from "../../src/domain/operators/password-hash.js";

/** Of the passwords in tests: the default costs a third of a second each time, which no rule depends on. */
export const quickPasswordCost: PasswordCost = { log2N: 4, r: 1, p: 1 };
