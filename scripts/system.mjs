import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { root } from "./pnpm.mjs";

/** The system as it runs on one machine: our server, and the simulated WeChat unless real apps are set. */
export function systemSettings(env = process.env) {
  const port = env.PORT || "4000";
  const simulatorPort = env.SIMULATOR_PORT || "4010";
  const publicUrl = (env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/$/, "");
  const simulated = !env.WECHAT_APPS;
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  // Paths are read from here, wherever the process that uses them is started.
  const dataDir = resolve(root, env.DATA_DIR || "data");
  return {
    port,
    simulatorPort,
    publicUrl,
    simulated,
    simulatorUrl,
    dataDir,
    localUrl: `http://127.0.0.1:${port}`,
    env: {
      ...env,
      PORT: port,
      DATA_DIR: dataDir,
      PUBLIC_URL: publicUrl,
      ...(env.WECHAT_APPS && !env.WECHAT_APPS.trimStart().startsWith("[")
        ? { WECHAT_APPS: resolve(root, env.WECHAT_APPS) }
        : {}),
      ...(simulated
        ? {
            SIMULATOR_PORT: simulatorPort,
            SIMULATOR_CALLBACK_HOST: new URL(publicUrl).host,
            WECHAT_OPEN_URL: env.WECHAT_OPEN_URL || simulatorUrl,
            WECHAT_API_URL: env.WECHAT_API_URL || simulatorUrl,
          }
        : {}),
    },
  };
}

/** Reads `.env` beside package.json; what the environment already says wins. */
export function readDotEnv() {
  try {
    process.loadEnvFile(join(root, ".env"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** Says in one line which of these ports somebody else holds. */
export async function portsAreFree(ports) {
  let free = true;
  for (const { port, setting, what } of ports) {
    if (await isFree(Number(port))) continue;
    console.error(
      `Port ${port} (${what}) is in use: stop what listens there, or set ${setting} to another port.`,
    );
    free = false;
  }
  return free;
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/**
 * Starts processes that live and die together: when one ends, or Ctrl-C is pressed, all end.
 */
export function startTogether(commands) {
  const children = commands.map(({ command, args, env, cwd = root }) =>
    spawn(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] }),
  );
  let stopping = false;
  const ended = new Promise((resolve) => {
    let left = children.length;
    const stop = (signal) => {
      if (stopping) return;
      stopping = true;
      for (const child of children) child.kill(signal);
      // One that does not listen is not waited for.
      setTimeout(() => {
        for (const child of children) child.kill("SIGKILL");
      }, 15_000).unref();
    };
    let worst = 0;
    for (const child of children) {
      const gone = (code) => {
        if (!stopping) worst = code || 1;
        stop("SIGTERM");
        left -= 1;
        if (left === 0) resolve(worst);
      };
      child.once("error", () => gone(1));
      child.once("exit", (code) => gone(code ?? 0));
    }
    process.once("SIGINT", () => stop("SIGINT"));
    process.once("SIGTERM", () => stop("SIGTERM"));
  });
  return { ended, isRunning: () => !stopping };
}

/** Waits until all of these addresses answer 2xx, as long as `isRunning` says so. */
export async function answering(urls, isRunning, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  for (const url of urls) {
    for (;;) {
      if (!isRunning() || Date.now() > deadline) return false;
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (answer?.ok) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return true;
}
