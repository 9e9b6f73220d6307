import {
  IconAlertTriangle,
  IconApps,
  IconBell,
  IconBrandWechat,
  IconChartBar,
  IconHistory,
  IconKey,
  IconLogin2,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import classes from "./navigation.module.css";
import { useMayAct } from "./use-operator.js";

const pages = [
  { to: "/overview", label: "overview", icon: IconChartBar },
  { to: "/people", label: "people", icon: IconUsers },
  { to: "/conflicts", label: "conflicts", icon: IconUsersGroup },
  { to: "/tokens", label: "tokens", icon: IconKey },
  { to: "/errors", label: "errors", icon: IconAlertTriangle },
  { to: "/sign-ins", label: "signIns", icon: IconLogin2 },
  { to: "/apps", label: "apps", icon: IconBrandWechat },
  { to: "/alerts", label: "alerts", icon: IconBell },
  { to: "/hosts", label: "hosts", icon: IconApps, needsRole: true },
  { to: "/operators", label: "operators", icon: IconUserShield },
  { to: "/audit", label: "audit", icon: IconHistory },
] as const;

export function Navigation(): ReactNode {
  const t = useTranslations("nav");
  const mayAct = useMayAct();
  return (
    <nav aria-label={t("label")}>
      <ul className={classes.pages}>
        {pages
          .filter((page) => mayAct || !("needsRole" in page))
          .map(({ to, label, icon: Glyph }) => (
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
