import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconQuestionMark,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Finding } from "../../api/types.js";
import { useLanguage } from "../../language/use-language.js";
import { CopyButton } from "../../ui/copyable-id.js";
import { StateBadge, type Tone } from "../../ui/state-badge.js";
import { byUrgency, countOf } from "./urgency.js";
import classes from "./wechat-apps.module.css";

const looks: Record<Finding["state"], { tone: Tone; icon: Icon }> = {
  problem: { tone: "error", icon: IconCircleX },
  warning: { tone: "warning", icon: IconAlertTriangle },
  unknown: { tone: "neutral", icon: IconQuestionMark },
  ok: { tone: "success", icon: IconCircleCheck },
};

/** What the checks of one app found, the worst first. */
export function Findings({ findings }: { findings: readonly Finding[] }): ReactNode {
  const t = useTranslations("apps");
  const { language } = useLanguage();
  const actors = useTranslations("explanation.actor");
  return (
    <ul className={classes.findings}>
      {byUrgency(findings).map(({ check, outcome, state, actor, text, remedy, values }) => (
        <li key={outcome} className={classes.finding}>
          <StateBadge {...looks[state]}>{t(`states.${state}`)}</StateBadge>
          <div>
            <p className={classes.text}>
              {text[language]}
              {check === "allow_list" && typeof values.ip === "string" && (
                <>
                  {" "}
                  <CopyButton value={values.ip} label="IP" />
                </>
              )}
            </p>
            {remedy && (
              <p className={classes.remedy}>
                {remedy[language]} {actor && <span className={classes.actor}>{actors(actor)}</span>}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** How many problems and warnings there are, or that there are none. */
export function Summary({ findings }: { findings: readonly Finding[] }): ReactNode {
  const t = useTranslations("apps");
  const { problems, warnings } = countOf(findings);
  if (problems > 0) return <span>{t("problems", { problems, warnings })}</span>;
  return <span>{warnings > 0 ? t("warnings", { warnings }) : t("sound")}</span>;
}
