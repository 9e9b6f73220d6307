// `npm run doctor`: checks the apps and this server, and says what to do.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("doctor");
