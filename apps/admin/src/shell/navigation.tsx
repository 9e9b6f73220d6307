import { IconAlertTriangle, IconKey, IconLogin2, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./navigation.module.css";

const pages = [
  { to: "/people", label: "people", icon: IconUsers },
  { to: "/tokens", label: "tokens", icon: IconKey },
  { to: "/errors", label: "errors", icon: IconAlertTriangle },
  { to: "/sign-ins", label: "signIns", icon: IconLogin2 },
] as const;

export function Navigation(): ReactNode {
  const t = useTranslations("nav");
  return (
    <nav aria-label={t("label")}>
      <ul className={classes.pages}>
        {pages.map(({ to, label, icon: Glyph }) => (
          <li key={to}>
            {/* A page stays active while its filters change. */}
            <Link to={to} search={{}} className={classes.page} activeOptions={{ includeSearch: false }}>
              <Glyph size={18} stroke={1.7} aria-hidden />
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
