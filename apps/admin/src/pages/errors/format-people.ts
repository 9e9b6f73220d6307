import { useFormatter, useTranslations } from "use-intl";
import type { FailureGroup } from "../../api/types.js";

/** How many people an error affects: "at least" where calls failed before the person was known. */
export function useFormatPeople(): (
  group: Pick<FailureGroup, "peopleAffected" | "peopleAffectedIsAtLeast">,
) => string {
  const t = useTranslations("errors");
  const format = useFormatter();
  return ({ peopleAffected: count, peopleAffectedIsAtLeast }) => {
    if (!peopleAffectedIsAtLeast) return format.number(count);
    return count === 0 ? t("peopleUnknown") : t("atLeast", { count });
  };
}
