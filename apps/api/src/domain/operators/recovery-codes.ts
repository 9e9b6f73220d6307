import { randomInt } from "node:crypto";
import { insertRecoveryCode } from "../../db/operator-factors.js";
import { hashSecret } from "../key-ring.js";

const codesOfOperator = 10;

/** Without 0, 1, I and O, which look alike on paper. */
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** 24 characters of 32 are 120 bits: from 112 bits on a plain hash is enough (ASVS 6.5.2). */
const [groups, groupLength] = [4, 6];

/** Ten codes, to be shown once, and the statements that store their hashes. */
export function newRecoveryCodes(operatorId: string) {
  const codes = Array.from({ length: codesOfOperator }, newCode);
  const inserts = codes.map((code) =>
    insertRecoveryCode.with({ codeHash: recoveryCodeHash(operatorId, code), operatorId }),
  );
  return { codes, inserts };
}

/** Over the operator too. Case, spaces and hyphens do not count: people copy codes from paper. */
export const recoveryCodeHash = (operatorId: string, code: string): string =>
  hashSecret(`${operatorId} ${code.toUpperCase().replace(/[\s-]/g, "")}`);

const newCode = () =>
  Array.from({ length: groups }, () =>
    Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join(""),
  ).join("-");
