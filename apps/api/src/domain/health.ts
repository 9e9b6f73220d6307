import { findAnyOperator } from "../db/operators.js";
import type { Deps } from "./deps.js";

/** Long enough for a busy moment, short enough for a load balancer's own timeout. */
const timeoutMs = 1_000;

/** Whether the database answers a small query in time. */
export async function isDatabaseAnswering(deps: Deps): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const answered = deps.db.run(findAnyOperator, {}).then(
    () => true,
    (error: unknown) => {
      deps.log.error({ event: "database_unavailable", err: error }, "the database does not answer");
      return false;
    },
  );
  return Promise.race([answered, timedOut]).finally(() => clearTimeout(timer));
}
