import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Overview } from "../../api/types.js";
import { funnelOf, shareOf } from "../../components/sign-in-parts.js";
import classes from "./overview.module.css";

/** How many of the sign-ins that were begun came back from WeChat, and how many of these signed in. */
export function Funnel({ totals }: { totals: Overview["totals"] }): ReactNode {
  const t = useTranslations("overview");
  const format = useFormatter();
  const steps = funnelOf(totals.signIns);
  const rows = (["begun", "cameBack", "signedIn"] as const).map((step) => {
    const share = shareOf(steps[step], steps.begun) ?? 0;
    return { step, count: steps[step], share };
  });
  return (
    <ol className={classes.funnel}>
      {rows.map(({ step, count, share }) => (
        <li key={step}>
          <span className={classes.step}>
            <span>{t(`funnel.${step}`)}</span>
            <span>
              {format.number(count)}
              {step !== "begun" && (
                <> · {format.number(share, { style: "percent", maximumFractionDigits: 1 })}</>
              )}
            </span>
          </span>
          <span className={classes.track} aria-hidden>
            <span style={{ width: `${100 * share}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
