import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureGroup } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { useLanguage } from "../../language/use-language.js";
import type { TimeRangeSearch } from "../../search-params/time-range.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { RelativeTime } from "../../ui/time.js";
import { useFormatPeople } from "../errors/format-people.js";
import { formatGroupKey } from "../errors/group-key.js";
import classes from "./overview.module.css";

const most = 5;

/** The unresolved groups of failures that affect the most people. */
export function TopGroups({
  filter,
  search,
}: {
  filter: { appId?: string | undefined; from?: string; to?: string };
  search: TimeRangeSearch & { appId?: string | undefined };
}): ReactNode {
  const t = useTranslations("overview");
  const groups = useQuery(
    trpc.failures.groups.queryOptions({ ...filter, sort: "people" }, { placeholderData: keepPreviousData }),
  );
  return (
    <QueryBoundary query={groups} lines={4}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={classes.none}>{t("noErrors")}</p>
        ) : (
          <ul className={classes.groups}>
            {items.slice(0, most).map((group) => (
              <li key={formatGroupKey(group)}>
                <Link
                  className={classes.group}
                  to="/errors"
                  search={{ ...search, group: formatGroupKey(group) }}
                >
                  <Errcode errcode={group.errcode} name={null} />
                  <GroupText group={group} />
                  <span className={classes.note}>
                    <RelativeTime at={group.lastSeenAt} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )
      }
    </QueryBoundary>
  );
}

function GroupText({ group }: { group: FailureGroup }): ReactNode {
  const t = useTranslations("overview");
  const formatPeople = useFormatPeople();
  const { language } = useLanguage();
  return (
    <span className={classes.groupText}>
      <span>{group.meaning?.[language] ?? group.name ?? group.endpoint}</span>
      <span className={classes.note}>
        {t("groupCounts", { people: formatPeople(group), events: group.events })}
      </span>
    </span>
  );
}
