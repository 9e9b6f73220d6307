import { type Column, type SQL, sql } from "drizzle-orm";
import type { Tables } from "../schema.js";

/** An operator's name, or what stands for a host application (domain/audit.ts). */
export const actorName = ({ operators }: Tables, id: Column): SQL<string | null> =>
  sql<string | null>`coalesce((select o.username from ${operators} o where o.id = ${id}),
    case when ${id} like 'host:%' then ${id} end)`;
