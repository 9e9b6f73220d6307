import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureDetail } from "../../api/types.js";
import { CallerIp } from "../../components/caller-ip.js";
import { Errcode } from "../../components/errcode.js";
import { ExplanationPanel } from "../../components/explanation.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { PersonLink } from "../../components/person-link.js";
import { Timeline } from "../../components/timeline.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime, useFormatDuration } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import { CallRecord } from "./call-record.js";
import { CopyTicket } from "./copy-ticket.js";
import classes from "./errors.module.css";
import { RidLookUp } from "./rid-look-up.js";

/** One failed call: first its meaning and what to do, then the sign-in in which it happened. */
export function FailureView({ id }: { id: string }): ReactNode {
  const query = useQuery(trpc.failures.get.queryOptions({ id }));
  return <QueryBoundary query={query}>{(failure) => <FailureDetails failure={failure} />}</QueryBoundary>;
}

function FailureDetails({ failure }: { failure: FailureDetail }): ReactNode {
  const t = useTranslations("errors");
  const formatDuration = useFormatDuration();
  const people = useTranslations("errorPeople");
  const { signIn, openid } = failure;
  const noPerson = people(
    openid !== null ? "unknownPerson" : failure.signInId === null ? "noPerson" : "unknownBrowser",
  );
  return (
    <>
      <div className={classes.detailHead}>
        <Errcode errcode={failure.errcode} name={failure.name} meaning={failure.meaning} />
        <code className={classes.endpoint}>{failure.endpoint}</code>
      </div>
      <ExplanationPanel explanation={failure.explanation} withoutMeaning />
      <CallerIp ip={failure.callerIp} />
      <Section title={t("callDetails")} aside={<CopyTicket failure={failure} />}>
        <Facts
          rows={[
            [t("at"), <ExactTime key="at" at={failure.at} />],
            [people("person"), <PersonLink key="person" person={failure.person} none={noPerson} />],
            ["errmsg", <UntrustedText key="errmsg" text={failure.errmsg} />],
            ["rid", failure.rid && <CopyableId key="rid" value={failure.rid} label="rid" whole />],
            [t("app"), <AppName key="app" appKey={failure.appKey} appId={failure.appId} />],
            [
              "openid",
              failure.openid && <CopyableId key="openid" value={failure.openid} label="openid" whole />,
            ],
            [t("attempt"), String(failure.attempt)],
            [t("latency"), formatDuration(failure.latencyMs)],
            [t("failureId"), <CopyableId key="id" value={failure.id} label={t("failureId")} whole />],
          ]}
        />
      </Section>
      <CallRecord failure={failure} />
      <RidLookUp failure={failure} />
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
            rows={[
              [
                t("requestNumber"),
                <CopyableId key="id" value={signIn.id} label={t("requestNumber")} whole />,
              ],
            ]}
          />
          <Timeline signIn={signIn} currentFailureId={failure.id} />
        </Section>
      )}
    </>
  );
}
