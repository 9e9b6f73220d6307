// `npm run dev`: the same system from its sources, with reload and no build before it.

import { join } from "node:path";
import { printBanner } from "./banner.mjs";
import { install, pnpm, root } from "./pnpm.mjs";
import { answering, portsAreFree, readDotEnv, systemSettings } from "./system.mjs";

process.exitCode = await main();

async function main() {
  readDotEnv();
  const system = systemSettings();
  const ports = [
    { port: system.port, setting: "PORT", what: "the login service" },
    ...(system.simulated
      ? [{ port: system.simulatorPort, setting: "SIMULATOR_PORT", what: "the simulated WeChat" }]
      : []),
  ];
  if (!(await portsAreFree(ports))) return 1;
  if (!(await install())) return 1;

  let running = true;
  // Ctrl-C reaches turbo itself: it is in this terminal's process group and stops its tasks.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => {});
  const ended = pnpm(["exec", "turbo", "run", "dev", "--ui=stream"], { env: system.env }).then((code) => {
    running = false;
    return code === 130 ? 0 : code;
  });
  const up = await answering(
    [
      ...(system.simulated ? [system.simulatorUrl] : []),
      `${system.localUrl}/readyz`,
      `${system.localUrl}/admin/`,
    ],
    () => running,
    120,
  );
  if (up)
    await printBanner(system, { command: process.execPath, args: [join(root, "scripts/operator.mjs")] });
  return ended;
}
