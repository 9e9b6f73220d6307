// `npm run host -- create|list|update|disable|enable|keys …`: host applications and their API keys.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("host");
