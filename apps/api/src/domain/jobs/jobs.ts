import { updateIncidents } from "../alerts/incidents.js";
import { sendAlerts } from "../alerts/send.js";
import { sealAudit } from "../audit-seals.js";
import type { Deps } from "../deps.js";
import { deliverWebhooks } from "../events/deliver.js";
import { noticeDisabledWebhooks } from "../events/disabled-webhooks.js";
import { publishEvents } from "../events/publish.js";
import { joinGroups } from "../identity/join-groups.js";
import { completeLateUnionids } from "../identity/late-unionids.js";
import { refreshStaleProfiles } from "../identity/stale-profiles.js";
import { completeLedger, finishErasures } from "../people/replay-erasures.js";
import { keepAppTokensFresh } from "../tokens/app-tokens.js";
import { checkpoint } from "./checkpoint.js";
import { deleteExpired } from "./delete-expired.js";
import { writeNicknameGrams } from "./nickname-grams.js";

const jobs = [
  { name: "delete_expired", everyMs: 60_000, run: deleteExpired },
  { name: "copy_log", everyMs: 500, run: (deps: Deps) => deps.db.copyLog() },
  { name: "checkpoint", everyMs: 60_000, run: checkpoint },
  { name: "app_tokens", everyMs: 60_000, run: keepAppTokensFresh },
  { name: "late_unionids", everyMs: 5_000, run: completeLateUnionids },
  { name: "stale_profiles", everyMs: 5_000, run: refreshStaleProfiles },
  { name: "nickname_grams", everyMs: 5_000, run: writeNicknameGrams },
  { name: "group_joins", everyMs: 60_000, run: joinGroups },
  { name: "audit_seals", everyMs: 5_000, run: sealAudit },
  { name: "erasures", everyMs: 60_000, run: finishErasures },
  { name: "erasure_ledger", everyMs: 600_000, run: completeLedger },
  { name: "events", everyMs: 500, run: publishEvents },
  { name: "webhooks", everyMs: 500, run: deliverWebhooks },
  { name: "disabled_webhooks", everyMs: 60_000, run: noticeDisabledWebhooks },
  { name: "alerts", everyMs: 15_000, run: updateIncidents },
  { name: "alert_messages", everyMs: 5_000, run: sendAlerts },
  { name: "call_counts", everyMs: 5_000, run: (deps: Deps) => deps.callCounts.flush(deps.db) },
];

/**
 * Starts the jobs that run beside the requests. A job that fails is logged and runs again next time; it never ends
 * the process, and never runs twice at the same time.
 *
 * @returns stops the jobs and waits for those that are running.
 */
export function startJobs(deps: Deps): () => Promise<void> {
  let isStopped = false;
  const running = new Set<Promise<void>>();
  const timers = jobs.map(({ name, everyMs, run }) => {
    let isRunning = false;
    const runOnce = () => {
      if (isRunning || isStopped) return;
      isRunning = true;
      const done = run(deps)
        .catch((error: unknown) =>
          deps.log.error({ event: "job_failed", job: name, err: error }, "a job failed"),
        )
        .finally(() => {
          isRunning = false;
          running.delete(done);
        });
      running.add(done);
    };
    runOnce();
    return setInterval(runOnce, everyMs).unref();
  });
  return async () => {
    isStopped = true;
    for (const timer of timers) clearInterval(timer);
    await Promise.all([...running, deps.deliverySlots.stop()]);
    await deps.callCounts.flush(deps.db).catch(() => {});
  };
}
