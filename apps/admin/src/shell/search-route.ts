import type { inferRouterOutputs } from "@trpc/server";
import type { OperatorRouter } from "api/operator-router";

export type SearchHit = inferRouterOutputs<OperatorRouter>["search"]["find"];

export type Choice = Extract<SearchHit, { kind: "several" }>["choices"][number];

/** The route that shows a search hit. Failures are shown for all time, because a rid in a screenshot may be weeks old. */
export function routeForHit(hit: SearchHit) {
  switch (hit.kind) {
    case "sign_in":
      return { to: "/sign-ins/$id", params: { id: hit.id } } as const;
    case "person":
      return { to: "/people", search: { open: hit.userId } } as const;
    case "failure":
      return { to: "/errors", search: { view: "log", range: "all", open: hit.id } } as const;
    case "errcode":
      return { to: "/errors", search: { range: "all", errcode: hit.errcode } } as const;
    case "failures":
      return { to: "/errors", search: { view: "log", range: "all", q: hit.q } } as const;
    case "sign_ins":
      return { to: "/sign-ins", search: { range: "all", q: hit.q } } as const;
    case "request":
      return { to: "/requests/$number", params: { number: hit.number } } as const;
    case "people":
      return { to: "/people", search: { q: hit.q } } as const;
    case "several":
      return { to: "/search", search: { q: hit.q } } as const;
  }
}

/** The route of one of several things that a text may mean. */
export function routeForChoice(choice: Choice) {
  switch (choice.kind) {
    case "sign_in":
      return routeForHit({ kind: "sign_in", id: choice.id });
    case "person":
      return routeForHit({ kind: "person", userId: choice.userId });
    case "errcode":
      return routeForHit({ kind: "errcode", errcode: choice.errcode });
  }
}
