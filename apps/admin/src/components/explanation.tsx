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
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import type { Explanation } from "../api/types.js";
import { useLanguage } from "../language/use-language.js";
import { QueryBoundary } from "../ui/query-boundary.js";
import { CallerIp } from "./caller-ip.js";
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

/** What an errcode means, unless that stands above it, who must act, and how. `null` for an unknown code. */
export function ExplanationPanel({
  explanation,
  withoutMeaning = false,
}: {
  explanation: Explanation | null;
  withoutMeaning?: boolean;
}): ReactNode {
  const t = useTranslations("explanation");
  const { language } = useLanguage();
  if (explanation === null) return <p className={classes.unknown}>{t("unknownCode")}</p>;
  const { whoMustAct, retry } = explanation;
  const ActorIcon = actorIcons[whoMustAct];
  const RetryIcon = retryIcons[retry];
  const causes = explanation.causes[language];
  const steps = explanation.steps[language];
  return (
    <div className={classes.explanation}>
      {!withoutMeaning && <p className={classes.meaning}>{explanation.meaning[language]}</p>}
      <div className={classes.summary}>
        <div>
          <ActorIcon size={18} stroke={1.8} aria-hidden />
          <span className={classes.label}>{t("whoMustAct")}</span>
          <strong>{t(`actor.${whoMustAct}`)}</strong>
        </div>
        <div>
          <RetryIcon size={18} stroke={1.8} aria-hidden />
          <span className={classes.label}>{t("retryHelps")}</span>
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
            <span className="visually-hidden"> {t("newTab")}</span>
          </a>
        </p>
      )}
    </div>
  );
}

/** The explanation of one failed call, loaded with the call. */
export function FailureExplanation({
  failureId,
  withoutMeaning = false,
}: {
  failureId: string;
  withoutMeaning?: boolean;
}): ReactNode {
  const failure = useQuery(trpc.failures.get.queryOptions({ id: failureId }));
  return (
    <QueryBoundary query={failure} lines={6}>
      {({ explanation, callerIp }) => (
        <>
          <ExplanationPanel explanation={explanation} withoutMeaning={withoutMeaning} />
          <CallerIp ip={callerIp} />
        </>
      )}
    </QueryBoundary>
  );
}
