import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureDetail } from "../../api/rows.js";
import { Answer } from "../../components/answer.js";
import { AppName } from "../../components/app-name.js";
import { Errcode } from "../../components/errcode.js";
import { ExplanationPanel } from "../../components/explanation-panel.js";
import { Facts } from "../../components/facts.js";
import { Id } from "../../components/id.js";
import { NoExplanation } from "../../components/no-explanation.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { OutsideText } from "../../components/outside-text.js";
import { Section } from "../../components/panel.js";
import { Timeline } from "../../components/timeline.js";
import { ExactTime } from "../../components/when.js";
import { formatMilliseconds } from "../../format/duration.js";
import classes from "./errors.module.css";

/** One failed call: what it means and what to do first, then where in the sign-in it happened. */
export function FailureView({ id }: { id: string }): ReactNode {
  const failure = useQuery(trpc.failures.get.queryOptions({ id }));
  return <Answer query={failure}>{(found) => <FailureParts failure={found} />}</Answer>;
}

function FailureParts({ failure }: { failure: FailureDetail }): ReactNode {
  const t = useTranslations("errors");
  const { signIn } = failure;
  return (
    <>
      <div className={classes.detailHead}>
        <Errcode errcode={failure.errcode} name={failure.name} />
        <code className={classes.endpoint}>{failure.endpoint}</code>
      </div>
      {failure.explanation ? <ExplanationPanel explanation={failure.explanation} /> : <NoExplanation />}
      <Section title={t("facts")}>
        <Facts
          rows={[
            [t("at"), <ExactTime key="at" at={failure.at} />],
            ["errmsg", <OutsideText key="errmsg" text={failure.errmsg} />],
            ["rid", failure.rid && <Id key="rid" value={failure.rid} label="rid" whole />],
            [t("app"), <AppName key="app" appKey={failure.appKey} appId={failure.appId} />],
            ["openid", failure.openid && <Id key="openid" value={failure.openid} label="openid" whole />],
            [t("attemptColumn"), String(failure.attempt)],
            [t("latency"), formatMilliseconds(failure.latencyMs)],
            [t("failureId"), <Id key="id" value={failure.id} label={t("failureId")} whole />],
          ]}
        />
      </Section>
      {signIn && (
        <Section
          title={t("timeline")}
          aside={
            <span className={classes.signIn}>
              <OutcomeBadge outcome={signIn.outcome} />
              <Link to="/sign-ins/$id" params={{ id: signIn.id }}>
                {t("openSignIn")}
              </Link>
            </span>
          }
        >
          <Facts
            rows={[[t("requestNumber"), <Id key="id" value={signIn.id} label={t("requestNumber")} whole />]]}
          />
          <Timeline signIn={signIn} currentFailureId={failure.id} />
        </Section>
      )}
    </>
  );
}
