// `npm run keys -- make` prints a new secret key; `-- rotate` encrypts stored tokens again under the newest one.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("keys");
