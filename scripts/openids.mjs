// `npm run openids -- import FILE`: new openids for old ones, of an account that moved to another company.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("openids");
