import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { PersonLink } from "../../components/person-link.js";
import { Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./errors.module.css";
import type { GroupKey } from "./group-key.js";

const shown = 8;

/** Whom a group affects: the latest few, with a link to all of them. */
export function GroupPeople({
  group,
  bounds,
}: {
  group: GroupKey;
  bounds: { from?: string; to?: string };
}): ReactNode {
  const t = useTranslations("errorPeople");
  const affected = useQuery(trpc.failures.people.queryOptions({ ...group, ...bounds }));
  return (
    <Section
      title={t("title")}
      aside={
        <Link
          className={classes.more}
          from="/errors"
          to="."
          search={({ range, from, to }) => ({ view: "people", range, from, to, ...group })}
        >
          {t("seeAll")}
        </Link>
      }
    >
      <QueryBoundary query={affected} lines={4}>
        {({ items }) =>
          items.length > 0 ? (
            <ul className={classes.rows}>
              {items.slice(0, shown).map((row) => (
                <li key={`${row.failureId}`}>
                  <PersonLink
                    person={row.person}
                    none={t(row.openid === null ? "unknownBrowser" : "unknownPerson")}
                  />
                  <RelativeTime at={row.lastSeenAt} />
                </li>
              ))}
            </ul>
          ) : (
            <p className={classes.muted}>{t("none")}</p>
          )
        }
      </QueryBoundary>
    </Section>
  );
}
