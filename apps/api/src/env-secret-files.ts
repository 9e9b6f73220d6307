import { readFileSync } from "node:fs";

// Settings that hold a secret, given as files: container engines and systemd pass secrets so, and the environment, which is
// printed and inherited, stays free of them.

/** Each may be given by its name with `_FILE` behind it. WECHAT_APPS is not among them: it takes a path as it is. */
export const secretSettings = ["DATABASE_URL", "SECRET_KEYS", "HTTPS_PROXY", "ADMIN_PASSWORD"] as const;

/**
 * Reads the files that `<name>_FILE` names. The line break at the end of a file, which editors add, is no part of it.
 *
 * @param given no empty values
 * @returns the values by the names of the settings, and one problem for each that cannot be read.
 */
export function readSecretFiles(given: Record<string, string | undefined>) {
  const values: Record<string, string> = {};
  const problems = new Map<string, string>();
  for (const name of secretSettings) {
    const path = given[`${name}_FILE`];
    if (path === undefined) continue;
    const text = readSecretFile(path);
    if (given[name] !== undefined) {
      problems.set(name, `${name} and ${name}_FILE are both set: remove one of them`);
    } else if (text.problem !== undefined) {
      problems.set(name, `${name}_FILE names a file that ${text.problem}`);
    } else {
      values[name] = text.value;
    }
  }
  return { values, problems };
}

function readSecretFile(
  path: string,
): { value: string; problem?: undefined } | { value?: undefined; problem: string } {
  try {
    const value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    return value === "" ? { problem: "is empty" } : { value };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "unknown";
    return { problem: `cannot be read (${code})` };
  }
}
