// `npm run audit -- verify`: checks that no entry of the audit log was removed or altered.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("audit");
