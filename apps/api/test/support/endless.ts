import { type SQL, sql } from "drizzle-orm";

/** A value that SQLite never comes to the end of. */
export const endless: SQL<number> = sql`(with recursive n(n) as (select 1 union all select n + 1 from n) select max(n) from n)`;
