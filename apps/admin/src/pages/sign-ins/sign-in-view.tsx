import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureRow, SignIn } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { FailureExplanation } from "../../components/explanation.js";
import { FailureLinks } from "../../components/failure-links.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { PersonLink } from "../../components/person-link.js";
import { Timeline } from "../../components/timeline.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Panel } from "../../ui/panel.js";
import { ExactTime, useFormatDuration } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import { durationMsOf } from "./duration.js";
import classes from "./sign-ins.module.css";

/** The failed call that ended a sign-in: its last one. */
export const lastFailureOf = ({ failures }: SignIn): FailureRow | undefined =>
  failures.toSorted((one, other) => one.at.localeCompare(other.at)).at(-1);

/** What became of a sign-in and what to do; beside it, and below it on a phone, how it went. */
export function SignInView({ signIn }: { signIn: SignIn }): ReactNode {
  const t = useTranslations("signIns");
  const meaning = useTranslations("outcomeMeaning");
  const lastFailure = lastFailureOf(signIn);
  return (
    <div className={classes.columns}>
      <div>
        <Panel pad>
          <h2 className="visually-hidden">{t("outcome")}</h2>
          <OutcomeBadge outcome={signIn.outcome} />
          <p className={classes.meaning}>{meaning(signIn.outcome ?? "in_progress")}</p>
          {lastFailure && (
            <>
              <FailureLinks failures={signIn.failures} />
              <div className={classes.explanation}>
                <FailureExplanation failureId={lastFailure.id} withoutMeaning />
              </div>
            </>
          )}
        </Panel>
        <Panel pad>
          <h2 className={classes.heading}>{t("details")}</h2>
          <SignInFacts signIn={signIn} />
        </Panel>
      </div>
      <div>
        <Panel pad>
          <h2 className={classes.heading}>{t("timeline")}</h2>
          <Timeline signIn={signIn} />
        </Panel>
      </div>
    </div>
  );
}

function SignInFacts({ signIn }: { signIn: SignIn }): ReactNode {
  const t = useTranslations("signIns");
  const formatDuration = useFormatDuration();
  const durationMs = durationMsOf(signIn);
  return (
    <Facts
      rows={[
        [t("requestNumber"), <CopyableId key="id" value={signIn.id} label={t("requestNumber")} whole />],
        [t("person"), <PersonLink key="person" person={signIn.person} none={t("personUnknown")} />],
        ["openid", signIn.openid && <CopyableId key="openid" value={signIn.openid} label="openid" whole />],
        [t("app"), <AppName key="app" appKey={signIn.appKey} appId={signIn.appId} />],
        [t("device"), <DeviceName key="device" device={signIn.device} />],
        [
          t("browser"),
          <Link
            key="browser"
            to="/sign-ins"
            search={{ range: "all", browser: signIn.id }}
            className={classes.link}
          >
            {t("browserLink")}
          </Link>,
        ],
        ["IP", signIn.ip && <CopyableId key="ip" value={signIn.ip} label="IP" whole />],
        [t("returnTo"), <UntrustedText key="return" text={signIn.returnTo} />],
        [t("started"), <ExactTime key="started" at={signIn.createdAt} />],
        [t("duration"), durationMs === null ? null : formatDuration(durationMs)],
      ]}
    />
  );
}
