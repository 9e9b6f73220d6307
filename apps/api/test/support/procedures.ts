import { router as operatorRouter } from "../../src/trpc/operator-router.js";
import { router as personRouter } from "../../src/trpc/person-router.js";

export interface NamedProcedure {
  base: "/trpc" | "/admin/trpc";
  path: string;
  type: "query" | "mutation" | "subscription";
  /** What the procedure declares: see trpc/procedures.ts. */
  meta: { access?: string; audit?: string } | undefined;
}

function proceduresOf(base: NamedProcedure["base"], router: { _def: { procedures: object } }) {
  return Object.entries(router._def.procedures).map(([path, procedure]): NamedProcedure => {
    const { type, meta } = (procedure as { _def: Pick<NamedProcedure, "type" | "meta"> })._def;
    return { base, path, type, meta };
  });
}

/** All procedures, read from the routers, so that tests over all of them include new ones. */
export const personProcedures = proceduresOf("/trpc", personRouter);
export const operatorProcedures = proceduresOf("/admin/trpc", operatorRouter);
export const allProcedures = [...personProcedures, ...operatorProcedures];
