import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import classes from "./navigation.module.css";
import { usePages } from "./use-pages.js";

export function Navigation(): ReactNode {
  const t = useTranslations("nav");
  const pages = usePages();
  return (
    <nav aria-label={t("label")}>
      <ul className={classes.pages}>
        {pages.map(({ to, label, icon: Glyph }) => (
          <li key={to}>
            {/* A page stays active while its filters change. */}
            <Link to={to} search={{}} className={classes.page} activeOptions={{ includeSearch: false }}>
              <Glyph size={18} stroke={1.7} aria-hidden />
              {t(label)}
              {label === "conflicts" && <OpenConflicts />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** How many conflicts wait for a decision. Nothing where there are none, or where the count failed: the page says more. */
function OpenConflicts(): ReactNode {
  const t = useTranslations("nav");
  const open = useQuery(trpc.conflicts.countOpen.queryOptions(undefined, { staleTime: 60_000 }));
  if (!open.data || open.data.count === 0) return null;
  const count = open.data.isMore ? `${open.data.count}+` : String(open.data.count);
  return (
    <span className={classes.count}>
      <span aria-hidden>{count}</span>
      <span className="visually-hidden">, {t("openConflicts", { count })}</span>
    </span>
  );
}
