import { IconList, IconStack2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./errors.module.css";

/** Groups or log. Links, because the view is part of the URL. */
export function ViewSwitch({ view }: { view: "groups" | "log" }): ReactNode {
  const t = useTranslations("errors");
  return (
    <nav className={classes.views} aria-label={t("views")}>
      {(["groups", "log"] as const).map((target) => (
        <Link
          key={target}
          from="/errors"
          to="."
          search={(search) => ({
            ...search,
            view: target === "groups" ? undefined : target,
            cursor: undefined,
            open: undefined,
            group: undefined,
          })}
          className={classes.view}
          aria-current={target === view ? "page" : undefined}
          // Otherwise the link to the groups, which has no search params of its own, would be current in the log too.
          activeOptions={{ exact: true }}
          data-current={target === view || undefined}
        >
          {target === "groups" ? <IconStack2 size={15} aria-hidden /> : <IconList size={15} aria-hidden />}
          {t(`view.${target}`)}
        </Link>
      ))}
    </nav>
  );
}
