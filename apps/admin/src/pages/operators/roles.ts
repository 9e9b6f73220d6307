import type { OperatorRow } from "../../api/types.js";

export type OperatorRole = OperatorRow["role"];

/** The lowest first. */
export const roles = ["viewer", "operator", "owner"] as const satisfies OperatorRole[];
