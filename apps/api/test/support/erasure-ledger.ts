import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A ledger of erasures that no other test writes; the file is there once a person was erased. */
export const newLedgerPath = () => join(tmpdir(), `wechat-login-erasures-${randomUUID()}`);
