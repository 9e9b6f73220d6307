import type { z } from "zod";
import { router as operatorRouter } from "../../src/trpc/operator-router.js";
import { router as personRouter } from "../../src/trpc/person-router.js";

export interface NamedProcedure {
  base: "/trpc" | "/admin/trpc";
  path: string;
  type: "query" | "mutation" | "subscription";
  /** What the procedure declares: see trpc/procedures.ts. */
  meta: { access?: string; audit?: string } | undefined;
  /** What it takes; empty if it takes nothing. */
  inputs: z.ZodType[];
}

function proceduresOf(base: NamedProcedure["base"], router: { _def: { procedures: object } }) {
  return Object.entries(router._def.procedures).map(([path, procedure]): NamedProcedure => {
    const { _def } = procedure as { _def: Pick<NamedProcedure, "type" | "meta" | "inputs"> };
    return { base, path, type: _def.type, meta: _def.meta, inputs: _def.inputs ?? [] };
  });
}

/** All procedures, read from the routers, so that tests over all of them include new ones. */
export const personProcedures = proceduresOf("/trpc", personRouter);
export const operatorProcedures = proceduresOf("/admin/trpc", operatorRouter);
export const allProcedures = [...personProcedures, ...operatorProcedures];
