import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { Errcode } from "../../components/errcode.js";
import { FailureExplanation } from "../../components/explanation.js";
import { FailureLinks } from "../../components/failure-links.js";
import { AppName } from "../../components/wechat-app.js";
import { Facts } from "../../ui/facts.js";
import { Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import classes from "./errors.module.css";
import { useFormatPeople } from "./format-people.js";
import type { GroupKey } from "./group-key.js";

const LATEST_COUNT = 8;

/** One group: the explanation (loaded with its newest failure), its numbers and its newest failures. */
export function GroupView({
  group,
  bounds,
}: {
  group: GroupKey;
  bounds: { from?: string; to?: string };
}): ReactNode {
  const t = useTranslations("errors");
  const latest = useQuery(trpc.failures.list.queryOptions({ ...group, ...bounds, limit: LATEST_COUNT }));
  const newest = latest.data?.items[0];
  return (
    <>
      <div className={classes.detailHead}>
        <Errcode errcode={group.errcode} name={newest?.name ?? null} />
        <code className={classes.endpoint}>{group.endpoint}</code>
      </div>
      {newest && <FailureExplanation failureId={newest.id} />}
      <GroupNumbers group={group} bounds={bounds} newestErrmsg={newest?.errmsg ?? null} />
      <Section
        title={t("latest")}
        aside={
          <Link
            className={classes.more}
            from="/errors"
            to="."
            search={({ range, from, to }) => ({ view: "log", range, from, to, ...group })}
          >
            {t("allInLog")}
          </Link>
        }
      >
        <QueryBoundary query={latest} lines={4}>
          {(page) =>
            page.items.length > 0 ? (
              <FailureLinks failures={page.items} sameKind />
            ) : (
              <p className={classes.muted}>{t("noneInRange")}</p>
            )
          }
        </QueryBoundary>
      </Section>
    </>
  );
}

/** Includes the newest errmsg, because steps such as "copy the IP out of the errmsg" are followed from this view. */
function GroupNumbers({
  group,
  bounds,
  newestErrmsg,
}: {
  group: GroupKey;
  bounds: { from?: string; to?: string };
  newestErrmsg: string | null;
}): ReactNode {
  const t = useTranslations("errors");
  const format = useFormatter();
  const formatPeople = useFormatPeople();
  const groups = useQuery(trpc.failures.groups.queryOptions({ ...group, ...bounds }));
  const numbers = groups.data?.items[0];
  if (!numbers) return null;
  return (
    <div style={{ marginTop: 20 }}>
      <Facts
        rows={[
          ["errmsg", newestErrmsg ? <UntrustedText key="errmsg" text={newestErrmsg} /> : null],
          [t("peopleAffected"), formatPeople(numbers)],
          [t("events"), format.number(numbers.events)],
          [t("app"), <AppName key="app" appKey={numbers.appKey} appId={numbers.appId} />],
          [t("lastSeen"), <ExactTime key="last" at={numbers.lastSeenAt} />],
          [t("firstSeen"), <ExactTime key="first" at={numbers.firstSeenAt} />],
        ]}
      />
    </div>
  );
}
