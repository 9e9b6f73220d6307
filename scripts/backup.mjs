// `npm run backup -- make FOLDER` and `-- restore FOLDER`: a copy of the database while the service runs, and back.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("backup");
