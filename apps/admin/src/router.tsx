import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { currentOperator, queryClient } from "./api/client.js";
import { alertsSearch } from "./search-params/alerts-search.js";
import { auditSearch } from "./search-params/audit-search.js";
import { conflictsSearch } from "./search-params/conflicts-search.js";
import { errorsSearch } from "./search-params/errors-search.js";
import { hostSearch } from "./search-params/host-search.js";
import { mergeSearch } from "./search-params/merge-search.js";
import { nextSearch } from "./search-params/next-search.js";
import { operatorsSearch } from "./search-params/operators-search.js";
import { overviewSearch } from "./search-params/overview-search.js";
import { peopleSearch } from "./search-params/people-search.js";
import { parseQueryString, stringifyQueryString } from "./search-params/query-string.js";
import { searchPageSearch } from "./search-params/search-page-search.js";
import { signInsSearch } from "./search-params/sign-ins-search.js";
import { tokensSearch } from "./search-params/tokens-search.js";
import { ConsoleShell } from "./shell/console-shell.js";
import { ErrorPage, NotFoundPage } from "./shell/error-pages.js";

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw) => nextSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/auth/operator-sign-in-page.js"), "OperatorSignInPage"),
});

const factor = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/factor",
  validateSearch: (raw) => nextSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/auth/factor-page.js"), "FactorPage"),
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/set-up",
  component: lazyRouteComponent(() => import("./pages/auth/set-up-page.js"), "SetUpPage"),
});

// Every route below needs an operator. The api enforces this by itself; the redirect only avoids a page full
// of errors.
const console = createRoute({
  getParentRoute: () => root,
  id: "console",
  component: ConsoleShell,
  async beforeLoad({ location }) {
    const operator = await queryClient.ensureQueryData(currentOperator());
    if (operator === null) {
      throw redirect({ to: "/sign-in", search: { next: location.pathname + location.searchStr } });
    }
    if (operator.mustEnrol && location.pathname !== "/security") throw redirect({ to: "/security" });
  },
});

const home = createRoute({
  getParentRoute: () => console,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/overview", replace: true });
  },
});

const overview = createRoute({
  getParentRoute: () => console,
  path: "/overview",
  validateSearch: (raw) => overviewSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/overview/overview-page.js"), "OverviewPage"),
});

const people = createRoute({
  getParentRoute: () => console,
  path: "/people",
  validateSearch: (raw) => peopleSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/people/people-page.js"), "PeoplePage"),
});

const mergePeople = createRoute({
  getParentRoute: () => console,
  path: "/people/merge",
  validateSearch: (raw) => mergeSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/people/merge-page.js"), "MergePage"),
});

const tokens = createRoute({
  getParentRoute: () => console,
  path: "/tokens",
  validateSearch: (raw) => tokensSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/tokens/tokens-page.js"), "TokensPage"),
});

const errors = createRoute({
  getParentRoute: () => console,
  path: "/errors",
  validateSearch: (raw) => errorsSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/errors/errors-page.js"), "ErrorsPage"),
});

const signIns = createRoute({
  getParentRoute: () => console,
  path: "/sign-ins",
  validateSearch: (raw) => signInsSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/sign-ins/sign-ins-page.js"), "SignInsPage"),
});

const signInById = createRoute({
  getParentRoute: () => console,
  path: "/sign-ins/$id",
  component: lazyRouteComponent(() => import("./pages/sign-ins/sign-in-page.js"), "SignInPage"),
});

const conflicts = createRoute({
  getParentRoute: () => console,
  path: "/conflicts",
  validateSearch: (raw) => conflictsSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/conflicts/conflicts-page.js"), "ConflictsPage"),
});

const conflictById = createRoute({
  getParentRoute: () => console,
  path: "/conflicts/$id",
  component: lazyRouteComponent(() => import("./pages/conflicts/conflict-page.js"), "ConflictPage"),
});

const operators = createRoute({
  getParentRoute: () => console,
  path: "/operators",
  validateSearch: (raw) => operatorsSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/operators/operators-page.js"), "OperatorsPage"),
});

const audit = createRoute({
  getParentRoute: () => console,
  path: "/audit",
  validateSearch: (raw) => auditSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/audit/audit-page.js"), "AuditPage"),
});

const apps = createRoute({
  getParentRoute: () => console,
  path: "/apps",
  component: lazyRouteComponent(() => import("./pages/wechat-apps/wechat-apps-page.js"), "WeChatAppsPage"),
});

const alerts = createRoute({
  getParentRoute: () => console,
  path: "/alerts",
  validateSearch: (raw) => alertsSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/alerts/alerts-page.js"), "AlertsPage"),
});

const hosts = createRoute({
  getParentRoute: () => console,
  path: "/hosts",
  component: lazyRouteComponent(() => import("./pages/hosts/hosts-page.js"), "HostsPage"),
});

const hostById = createRoute({
  getParentRoute: () => console,
  path: "/hosts/$id",
  validateSearch: (raw) => hostSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/hosts/host-page.js"), "HostPage"),
});

const requestByNumber = createRoute({
  getParentRoute: () => console,
  path: "/requests/$number",
  component: lazyRouteComponent(() => import("./pages/requests/request-page.js"), "RequestPage"),
});

const search = createRoute({
  getParentRoute: () => console,
  path: "/search",
  validateSearch: (raw) => searchPageSearch.parse(raw),
  component: lazyRouteComponent(() => import("./pages/search/search-page.js"), "SearchPage"),
});

const security = createRoute({
  getParentRoute: () => console,
  path: "/security",
  component: lazyRouteComponent(() => import("./pages/security/security-page.js"), "SecurityPage"),
});

/** An unknown address, with the menu and the search box around what is said of it. */
const unknown = createRoute({
  getParentRoute: () => console,
  path: "$",
  component: NotFoundPage,
});

const routeTree = root.addChildren([
  signIn,
  factor,
  setUp,
  console.addChildren([
    home,
    overview,
    people,
    mergePeople,
    tokens,
    errors,
    signIns,
    signInById,
    conflicts,
    conflictById,
    operators,
    audit,
    apps,
    alerts,
    hosts,
    hostById,
    requestByNumber,
    search,
    security,
    unknown,
  ]),
]);

/** Reads the address as soon as it is made. */
export function createConsoleRouter() {
  return createRouter({
    routeTree,
    basepath: "/admin",
    parseSearch: parseQueryString,
    stringifySearch: stringifyQueryString,
    defaultPreload: "intent",
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
  });
}

export type ConsoleRouter = ReturnType<typeof createConsoleRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: ConsoleRouter;
  }
}
