import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The package's folder, where commands run. */
export const COMMAND_FOLDER: string = fileURLToPath(new URL("..", import.meta.url));

/** The command, run from its sources in a child process. */
export interface Command {
  child: ChildProcess;
  /** Its output so far. */
  said(): string;
  /** Waits until the output matches. @throws {Error} the command ended first */
  says(text: RegExp): Promise<RegExpExecArray>;
  /** The exit code. */
  ended: Promise<number | null>;
}

export function runCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  const child = spawn(
    process.execPath,
    ["--conditions=dev-source", "--import", "tsx", "src/cli.ts", ...args],
    {
      cwd: COMMAND_FOLDER,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  return {
    child,
    said: () => said,
    ended,
    async says(text) {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      for (;;) {
        const found = text.exec(said);
        if (found) return found;
        if (over) throw new Error(`it ended without saying ${text}: ${said}`);
        await Promise.race([once(child.stdout, "data"), once(child.stderr, "data"), ended]);
      }
    },
  };
}
