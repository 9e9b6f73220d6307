import { router as operatorRouter } from "../../src/trpc/operator-router.js";
import { router as personRouter } from "../../src/trpc/person-router.js";

export interface NamedProcedure {
  base: "/trpc" | "/admin/trpc";
  path: string;
  type: "query" | "mutation" | "subscription";
}

function proceduresOf(base: NamedProcedure["base"], router: { _def: { procedures: object } }) {
  return Object.entries(router._def.procedures).map(([path, procedure]): NamedProcedure => {
    const { _def } = procedure as { _def: { type: NamedProcedure["type"] } };
    return { base, path, type: _def.type };
  });
}

/** All procedures, read from the routers, so that tests over all of them include new ones. */
export const personProcedures = proceduresOf("/trpc", personRouter);
export const operatorProcedures = proceduresOf("/admin/trpc", operatorRouter);
export const allProcedures = [...personProcedures, ...operatorProcedures];
