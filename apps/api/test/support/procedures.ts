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

/** Everything that can be called, read from the routers themselves: a procedure added tomorrow is walked too. */
export const personProcedures = proceduresOf("/trpc", personRouter);
export const operatorProcedures = proceduresOf("/admin/trpc", operatorRouter);
export const allProcedures = [...personProcedures, ...operatorProcedures];
