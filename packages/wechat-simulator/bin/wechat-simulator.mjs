#!/usr/bin/env node
// A file of its own, so that package managers can link the command before anything is built.
import { existsSync } from "node:fs";

const command = new URL("../dist/cli.js", import.meta.url);
if (existsSync(command)) await import(command.href);
else {
  console.error("The simulator is not built yet: run `npm run build` at the repository's root.");
  process.exitCode = 1;
}
