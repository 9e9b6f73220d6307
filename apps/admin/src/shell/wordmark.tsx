import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./wordmark.module.css";

export function Wordmark(): ReactNode {
  const t = useTranslations("app");
  return (
    <span className={classes.wordmark}>
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0a7d42" />
        <path
          d="M9 16.5l5 5 9-11"
          fill="none"
          stroke="#fff"
          strokeWidth="3.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {t("shortName")}
    </span>
  );
}
