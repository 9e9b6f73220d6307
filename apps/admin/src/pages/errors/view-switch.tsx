import { IconList, IconStack2, IconUsers } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ErrorsView } from "../../search-params/errors-search.js";
import { ViewLink, ViewSwitch } from "../../ui/view-switch.js";

const views = [
  ["groups", IconStack2],
  ["people", IconUsers],
  ["log", IconList],
] as const;

/** Groups, people or log. */
export function ErrorsViewSwitch({ view }: { view: ErrorsView }): ReactNode {
  const t = useTranslations("errors");
  return (
    <ViewSwitch label={t("views")}>
      {views.map(([target, Glyph]) => (
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
          <Glyph size={15} aria-hidden />
          {t(`view.${target}`)}
        </ViewLink>
      ))}
    </ViewSwitch>
  );
}
