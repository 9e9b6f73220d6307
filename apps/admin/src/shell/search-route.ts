import type { inferRouterOutputs } from "@trpc/server";
import type { OperatorRouter } from "api/operator-router";

export type SearchHit = inferRouterOutputs<OperatorRouter>["search"]["find"];

/**
 * Where the console shows what the search box recognised. Failures are looked for in all time: a rid in
 * a screenshot may be weeks old.
 */
export function routeForHit(found: SearchHit) {
  switch (found.kind) {
    case "sign_in":
      return { to: "/sign-ins/$id", params: { id: found.id } } as const;
    case "person":
      return { to: "/people", search: { open: found.userId } } as const;
    case "failure":
      return { to: "/errors", search: { view: "log", range: "all", open: found.id } } as const;
    case "errcode":
      return { to: "/errors", search: { range: "all", errcode: found.errcode } } as const;
    case "failures":
      return { to: "/errors", search: { view: "log", range: "all", q: found.q } } as const;
    case "sign_ins":
      return { to: "/sign-ins", search: { range: "all", q: found.q } } as const;
    case "people":
      return { to: "/people", search: { q: found.q } } as const;
  }
}
