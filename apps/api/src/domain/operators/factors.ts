import {
  countRecoveryCodes,
  deleteChallengesOf,
  findSecondFactorPolicy,
  listFactors,
} from "../../db/operator-factors.js";
import { deleteOperatorSessions } from "../../db/operators.js";
import type { FactorKind } from "../../db/schema.js";
import type { Deps } from "../deps.js";
import type { Operator } from "./accounts.js";

/** How long a right password waits for its factor, and an enrolment for its end. */
export const challengeSeconds = 10 * 60;

/** More apps and keys than a person has. */
export const maxFactors = 10;

/** A factor with its key decrypted. */
export interface Factor {
  id: string;
  kind: FactorKind;
  key: string;
  counter: number;
}

/** The text that the key ring binds a factor's secret to. */
export const factorRow = (id: string): string => `operator_factors.${id}.secret`;

/** The factors of one kind. One whose secret key was removed counts as absent here: no code and no signature passes it. */
export async function readFactors(deps: Deps, operatorId: string, kind: FactorKind): Promise<Factor[]> {
  const rows = await deps.db.run(listFactors, { operatorId });
  return rows.flatMap((row) => {
    const key = deps.keys.decrypt(row.secret, factorRow(row.id));
    return row.kind === kind && key !== undefined ? [{ id: row.id, kind, key, counter: row.counter }] : [];
  });
}

/** Whether owners require a second factor of every operator. */
export type FactorPolicy = "required" | "optional";

/** What the operator reads about their own second factors. */
export async function getSecondFactors(deps: Deps, { id: operatorId }: Operator) {
  const [rows, [codes], isRequired] = await Promise.all([
    deps.db.run(listFactors, { operatorId }),
    deps.db.run(countRecoveryCodes, { operatorId }),
    isFactorRequired(deps),
  ]);
  return {
    isRequired,
    recoveryCodes: codes?.count ?? 0,
    factors: rows.map(({ id, kind, name, createdAt, lastUsedAt }) => ({
      ...{ id, kind, name, createdAt, lastUsedAt },
    })),
  };
}

/** Whether owners require a second factor of every operator. */
export async function isFactorRequired(deps: Deps): Promise<boolean> {
  const [policy] = await deps.db.run(findSecondFactorPolicy, {});
  return policy?.value === "required";
}

/** Ends what was opened, or waits, under the factors from before. */
export const endSessionsAndChallenges = (username: string) => [
  deleteOperatorSessions.with({ username }),
  deleteChallengesOf.with({ username }),
];
