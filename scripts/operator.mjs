// `npm run operator -- link`: prints a one-time link that creates an operator or sets a new password.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("operator");
