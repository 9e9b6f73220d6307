// `npm run to-postgres`: copies the SQLite database of DATA_DIR into the PostgreSQL database of DATABASE_URL.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("to-postgres");
