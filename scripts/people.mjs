// `npm run people -- import FILE`: people whom a host application knows already, with their openids.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("people");
