import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./explanation.module.css";

/** A code that our catalogue does not know yet. */
export function NoExplanation(): ReactNode {
  const t = useTranslations("explanation");
  return <p className={classes.unknown}>{t("none")}</p>;
}
