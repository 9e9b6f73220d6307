import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs a command of package.json as a person would, with a database in this folder: `npm run <command> -- <args>`. */
export async function runScript(
  command: string,
  args: readonly string[],
  { dataDir, cwd }: { dataDir: string; cwd?: string },
): Promise<{ code: number; output: string }> {
  const script = fileURLToPath(new URL(`../../scripts/${command}.mjs`, import.meta.url));
  const env = { PATH: process.env.PATH ?? "", DATA_DIR: dataDir, PUBLIC_URL: "http://localhost:4000" };
  return promisify(execFile)(process.execPath, [script, ...args], { env, cwd }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}
