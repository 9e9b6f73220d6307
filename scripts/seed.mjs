// `npm run seed -- --people N --failures M`: fills an empty database, to see how fast the console is with many people.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("seed");
