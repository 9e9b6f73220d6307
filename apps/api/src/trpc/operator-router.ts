import { operatorRouter } from "./procedures.js";
import { alertsRouter } from "./routers/alerts.js";
import { appsRouter } from "./routers/apps.js";
import { auditRouter } from "./routers/audit.js";
import { conflictsRouter } from "./routers/conflicts.js";
import { failuresRouter } from "./routers/failures.js";
import { hostsRouter } from "./routers/hosts.js";
import { mergesRouter } from "./routers/merges.js";
import { operatorsOwnRouter } from "./routers/operator.js";
import { operatorsRouter } from "./routers/operators.js";
import { overviewRouter } from "./routers/overview.js";
import { peopleRouter } from "./routers/people.js";
import { searchRouter } from "./routers/search.js";
import { secondFactorRouter } from "./routers/second-factor.js";
import { signInsRouter } from "./routers/sign-ins.js";
import { systemRouter } from "./routers/system.js";
import { tokensRouter } from "./routers/tokens.js";

/** `/admin/trpc`: what the console may ask for. */
export const router = operatorRouter({
  operator: operatorsOwnRouter,
  secondFactor: secondFactorRouter,
  overview: overviewRouter,
  apps: appsRouter,
  people: peopleRouter,
  conflicts: conflictsRouter,
  merges: mergesRouter,
  tokens: tokensRouter,
  failures: failuresRouter,
  signIns: signInsRouter,
  search: searchRouter,
  operators: operatorsRouter,
  audit: auditRouter,
  hosts: hostsRouter,
  alerts: alertsRouter,
  system: systemRouter,
});

export type OperatorRouter = typeof router;
