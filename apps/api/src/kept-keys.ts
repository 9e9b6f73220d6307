import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newSecret } from "./domain/key-ring.js";

/**
 * The secret key that a first start without SECRET_KEYS makes, and keeps in the data folder readable to its
 * owner only. Several processes that start at once end with the same key: the first file wins.
 */
export function keptKeys(dataDir: string): readonly string[] {
  const path = join(dataDir, "secret-keys");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, `${newSecret()}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(path, "utf8").trim().split(",");
}
