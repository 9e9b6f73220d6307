import { afterEach, beforeEach, vi } from "vitest";

export interface CommandResult {
  stdout: string;
  stderr: string;
  /** undefined: it ends with 0 */
  exitCode: typeof process.exitCode;
}

/**
 * For commands that are run in this process: their arguments are process.argv, their settings process.env.
 *
 * @param env the settings of each test
 * @returns runs the module of a command with these arguments
 */
export function commandRunner(env: () => Record<string, string>) {
  const { argv } = process;
  const output = { stdout: "", stderr: "" };
  beforeEach(() => {
    for (const [name, value] of Object.entries(env())) vi.stubEnv(name, value);
    for (const stream of ["stdout", "stderr"] as const) {
      vi.spyOn(process[stream], "write").mockImplementation((text) => {
        output[stream] += text;
        return true;
      });
    }
  });
  afterEach(() => {
    process.argv = argv;
    process.exitCode = undefined;
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  return async (load: () => Promise<unknown>, args: readonly string[]): Promise<CommandResult> => {
    Object.assign(output, { stdout: "", stderr: "" });
    process.exitCode = undefined;
    process.argv = [...argv.slice(0, 2), ...args];
    vi.resetModules();
    await load();
    return { ...output, exitCode: process.exitCode };
  };
}
