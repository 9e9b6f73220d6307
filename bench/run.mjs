// `npm run bench [-- name …]`: measures, prints, and writes docs/benchmarks.md.
// A bench is a folder: `bench.mjs` exports `measure()`, which returns a section; each contender is a file in
// `contenders/`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pnpm } from "../scripts/pnpm.mjs";
import { pageOf, section } from "./page.mjs";

/** In the order of the page. */
const benches = ["library-cpu", "sign-in", "steady-load", "global-token", "lists", "export"];
const place = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(names) {
  const unknown = names.filter((name) => !benches.includes(name));
  if (unknown.length > 0) {
    console.error(`Unknown bench: ${unknown.join(", ")}. Benches: ${benches.join(", ")}.`);
    return 2;
  }
  // Measures the packages as they are published, built from the current sources.
  const code = await pnpm(["exec", "turbo", "run", "build", "--filter=bench^..."], { quiet: true });
  if (code !== 0) return code;

  const fresh = new Map();
  for (const name of names.length > 0 ? names : benches) {
    const { measure } = await import(`./${name}/bench.mjs`);
    fresh.set(name, section(name, await measure()));
    console.log(fresh.get(name));
  }
  writeFileSync(place, pageOf(written(), fresh, benches));
  return 0;
}

function written() {
  try {
    return readFileSync(place, "utf8").replaceAll("\r\n", "\n"); // git may have converted the line endings
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}
