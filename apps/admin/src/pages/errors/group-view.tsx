import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { Bars } from "../../components/bars.js";
import { Errcode } from "../../components/errcode.js";
import { FailureExplanation } from "../../components/explanation.js";
import { FailureLinks } from "../../components/failure-links.js";
import { AppName } from "../../components/wechat-app.js";
import { useMayAct } from "../../shell/use-operator.js";
import { Facts } from "../../ui/facts.js";
import { Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime, useFormatExactTime } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import classes from "./errors.module.css";
import { useFormatPeople } from "./format-people.js";
import { GroupActs } from "./group-acts.js";
import type { GroupKey } from "./group-key.js";
import { GroupPeople } from "./group-people.js";
import { GroupStateBadge } from "./group-state.js";

const LATEST_COUNT = 8;

/** One group: its state and what can be done, the explanation (loaded with its newest failure), whom it affects, its newest failures. */
export function GroupView({
  group,
  bounds,
}: {
  group: GroupKey;
  bounds: { from?: string; to?: string };
}): ReactNode {
  const t = useTranslations("errors");
  const mayAct = useMayAct();
  const latest = useQuery(trpc.failures.list.queryOptions({ ...group, ...bounds, limit: LATEST_COUNT }));
  const groups = useQuery(trpc.failures.groups.queryOptions({ ...group, ...bounds, state: "all" }));
  const newest = latest.data?.items[0];
  const numbers = groups.data?.items[0];
  return (
    <>
      <div className={classes.detailHead}>
        <Errcode errcode={group.errcode} name={newest?.name ?? null} meaning={newest?.meaning ?? null} />
        {numbers ? (
          <GroupStateBadge state={numbers.state} />
        ) : (
          <code className={classes.endpoint}>{group.endpoint}</code>
        )}
      </div>
      {numbers && mayAct && <GroupActs group={numbers} />}
      {newest && <FailureExplanation failureId={newest.id} withoutMeaning />}
      {numbers && groups.data && (
        <Section title={t("groupNumbers")}>
          <Bars counts={numbers.bars} from={groups.data.bars.from} minutes={groups.data.bars.minutes} large />
          <GroupNumbers numbers={numbers} newestErrmsg={newest?.errmsg ?? null} />
        </Section>
      )}
      <GroupPeople group={group} bounds={bounds} />
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
  numbers,
  newestErrmsg,
}: {
  numbers: FailureGroup;
  newestErrmsg: string | null;
}): ReactNode {
  const t = useTranslations("errors");
  const tGroups = useTranslations("errorGroups");
  const format = useFormatter();
  const formatPeople = useFormatPeople();
  const formatTime = useFormatExactTime();
  const { stateAt, stateBy, mutedUntil } = numbers;
  return (
    <Facts
      rows={[
        ["errmsg", newestErrmsg ? <UntrustedText key="errmsg" text={newestErrmsg} /> : null],
        [t("peopleAffected"), formatPeople(numbers)],
        [t("events"), format.number(numbers.events)],
        [t("endpoint"), <code key="endpoint">{numbers.endpoint}</code>],
        [t("app"), <AppName key="app" appKey={numbers.appKey} appId={numbers.appId} />],
        [t("lastSeen"), <ExactTime key="last" at={numbers.lastSeenAt} />],
        [t("firstSeen"), <ExactTime key="first" at={numbers.firstSeenAt} />],
        [tGroups("state.muted"), mutedUntil && tGroups("mutedUntil", { at: formatTime(mutedUntil) })],
        [
          tGroups("stateOf"),
          stateAt && stateBy && tGroups("changedBy", { operator: stateBy, at: formatTime(stateAt) }),
        ],
      ]}
    />
  );
}
