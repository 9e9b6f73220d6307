// `npm run migrations -- --name what_it_does`: writes a migration for both database engines.
import { pnpm } from "./pnpm.mjs";

const drizzleKit = ["--filter", "api", "exec", "tsx", "node_modules/drizzle-kit/bin.cjs", "generate"];

for (const engine of ["sqlite", "postgres"]) {
  const code = await pnpm([
    ...drizzleKit,
    "--config",
    `drizzle.${engine}.config.ts`,
    ...process.argv.slice(2),
  ]);
  if (code !== 0) {
    process.exitCode = code;
    break;
  }
}
