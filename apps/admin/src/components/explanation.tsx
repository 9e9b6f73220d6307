import {
  type Icon,
  IconBan,
  IconBrandWechat,
  IconCode,
  IconExternalLink,
  IconHourglass,
  IconKey,
  IconRotate,
  IconTool,
  IconUser,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Explanation } from "../api/types.js";
import { useLanguage } from "../language/use-language.js";
import classes from "./explanation.module.css";

const actorIcons: Record<Explanation["whoMustAct"], Icon> = {
  user: IconUser,
  operator: IconTool,
  developer: IconCode,
  wechat: IconBrandWechat,
};

const retryIcons: Record<Explanation["retry"], Icon> = {
  never: IconBan,
  token: IconKey,
  sns_refresh: IconKey,
  backoff: IconHourglass,
  restart: IconRotate,
};

/** What an errcode means, who has to do something, and what. */
export function ExplanationPanel({ explanation }: { explanation: Explanation }): ReactNode {
  const t = useTranslations("explanation");
  const { language } = useLanguage();
  const { whoMustAct, retry } = explanation;
  const ActorIcon = actorIcons[whoMustAct];
  const RetryIcon = retryIcons[retry];
  const causes = explanation.causes[language];
  const steps = explanation.steps[language];
  return (
    <div className={classes.explanation}>
      <p className={classes.meaning}>{explanation.meaning[language]}</p>
      <div className={classes.verdicts}>
        <div>
          <ActorIcon size={18} stroke={1.8} aria-hidden />
          <span className={classes.question}>{t("whoMustAct")}</span>
          <strong>{t(`actor.${whoMustAct}`)}</strong>
        </div>
        <div>
          <RetryIcon size={18} stroke={1.8} aria-hidden />
          <span className={classes.question}>{t("retryHelps")}</span>
          <strong>{t(`retry.${retry}`)}</strong>
        </div>
      </div>
      {steps.length > 0 && (
        <>
          <h3>{t("steps")}</h3>
          <ol className={classes.steps}>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      {causes.length > 0 && (
        <>
          <h3>{t("causes")}</h3>
          <ul className={classes.causes}>
            {causes.map((cause) => (
              <li key={cause}>{cause}</li>
            ))}
          </ul>
        </>
      )}
      {explanation.link !== null && (
        <p className={classes.source}>
          <a href={explanation.link} target="_blank" rel="noreferrer">
            {t("official")}
            <IconExternalLink size={14} stroke={1.8} aria-hidden />
            <span className="heard-only"> {t("newTab")}</span>
          </a>
        </p>
      )}
    </div>
  );
}
