import { listDisabledEndpoints } from "../../db/webhooks.js";
import type { Deps } from "../deps.js";

/** Shows in the console whose webhooks this system has disabled, until their hosts enable or delete them. */
export async function noticeDisabledWebhooks(deps: Deps): Promise<void> {
  const rows = await deps.db.run(listDisabledEndpoints, {});
  deps.notices.remove("webhook_disabled");
  const since = rows[0]?.disabledAt;
  if (!since) return;
  const clientIds = [...new Set(rows.map(({ clientId }) => clientId))];
  deps.notices.add({ kind: "webhook_disabled", since, clients: clientIds.join(", ") });
}
