import { IconList, IconStack2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { ViewLink, ViewSwitch } from "../../ui/view-switch.js";

/** Groups or log. */
export function ErrorsViewSwitch({ view }: { view: "groups" | "log" }): ReactNode {
  const t = useTranslations("errors");
  return (
    <ViewSwitch label={t("views")}>
      {(["groups", "log"] as const).map((target) => (
        <ViewLink
          key={target}
          isCurrent={target === view}
          from="/errors"
          to="."
          search={(search) => ({
            ...search,
            view: target === "groups" ? undefined : target,
            cursor: undefined,
            open: undefined,
            group: undefined,
          })}
        >
          {target === "groups" ? <IconStack2 size={15} aria-hidden /> : <IconList size={15} aria-hidden />}
          {t(`view.${target}`)}
        </ViewLink>
      ))}
    </ViewSwitch>
  );
}
