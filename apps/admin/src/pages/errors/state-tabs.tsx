import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureGroup, GroupState } from "../../api/types.js";
import { type ErrorsSearch, groupStates } from "../../search-params/errors-search.js";
import { ViewLink, ViewSwitch } from "../../ui/view-switch.js";
import classes from "./errors.module.css";

/** The state whose groups are listed, with how many there are of each. Without an answer yet there are no counts. */
export function StateTabs({
  state,
  counts,
}: {
  state: ErrorsSearch["state"];
  counts: Record<GroupState, number> | undefined;
}): ReactNode {
  const t = useTranslations("errorGroups");
  const countOf = (states: readonly FailureGroup["state"][]) =>
    counts && states.reduce((sum, one) => sum + counts[one], 0);
  const tabs = [
    { target: undefined, label: t("unresolved"), count: countOf(["open", "regressed", "acknowledged"]) },
    ...groupStates.map((one) => ({ target: one, label: t(`state.${one}`), count: countOf([one]) })),
    { target: "all", label: t("all"), count: countOf(groupStates) },
  ] as const;
  return (
    <div className={classes.states}>
      <ViewSwitch label={t("states")}>
        {tabs.map(({ target, label, count }) => (
          <ViewLink
            key={label}
            isCurrent={target === state}
            from="/errors"
            to="."
            search={(search) => ({ ...search, state: target, group: undefined, open: undefined })}
          >
            {label} {count !== undefined && <span className={classes.count}>{count}</span>}
          </ViewLink>
        ))}
      </ViewSwitch>
    </div>
  );
}
