import { sql } from "drizzle-orm";
import { openSqlite } from "../../src/db/sqlite.js";
import { endless } from "./endless.js";

// A process that reads for the console and does not come to an end: `endless-read.ts <path of the database>`.

const db = await openSqlite(process.argv[2] ?? "");
await db.consoleQuery((orm) => orm.select({ n: endless }).from(sql`(select 1) as one`));
