import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { SignIn } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { FailureExplanation } from "../../components/explanation.js";
import { FailureLinks } from "../../components/failure-links.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { Nickname } from "../../components/person-name.js";
import { Timeline } from "../../components/timeline.js";
import { AppName } from "../../components/wechat-app.js";
import { visibleText } from "../../format/text.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Panel, Section } from "../../ui/panel.js";
import { ExactTime, useFormatDuration } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import classes from "./sign-ins.module.css";

export function SignInView({ signIn }: { signIn: SignIn }): ReactNode {
  const t = useTranslations("signIns");
  const meaning = useTranslations("outcomeMeaning");
  // The last failure is the one that ended the sign-in.
  const lastFailure = signIn.failures.toSorted((one, other) => one.at.localeCompare(other.at)).at(-1);
  const timeline = (
    <Panel pad>
      <h2 className={classes.heading}>{t("timeline")}</h2>
      <Timeline signIn={signIn} />
    </Panel>
  );
  return (
    <div className={classes.columns}>
      <div>
        <Panel pad>
          <OutcomeBadge outcome={signIn.outcome} />
          <p className={classes.meaning}>{meaning(signIn.outcome ?? "in_progress")}</p>
          <SignInFacts signIn={signIn} />
        </Panel>
        {lastFailure && timeline}
      </div>
      <div>
        {lastFailure ? (
          <Section title={t("failures")}>
            <FailureLinks failures={signIn.failures} />
            <div className={classes.explanation}>
              <FailureExplanation failureId={lastFailure.id} />
            </div>
          </Section>
        ) : (
          timeline
        )}
      </div>
    </div>
  );
}

function SignInFacts({ signIn }: { signIn: SignIn }): ReactNode {
  const t = useTranslations("signIns");
  const formatDuration = useFormatDuration();
  const durationMs =
    signIn.outcomeAt === null ? null : Date.parse(signIn.outcomeAt) - Date.parse(signIn.createdAt);
  return (
    <Facts
      rows={[
        [t("requestNumber"), <CopyableId key="id" value={signIn.id} label={t("requestNumber")} whole />],
        [t("person"), <SignInPerson key="person" signIn={signIn} />],
        ["openid", signIn.openid && <CopyableId key="openid" value={signIn.openid} label="openid" whole />],
        [t("app"), <AppName key="app" appKey={signIn.appKey} appId={signIn.appId} />],
        [t("device"), <DeviceName key="device" device={signIn.device} />],
        ["IP", signIn.ip && <CopyableId key="ip" value={signIn.ip} label="IP" whole />],
        [t("returnTo"), <UntrustedText key="return" text={signIn.returnTo} />],
        [t("started"), <ExactTime key="started" at={signIn.createdAt} />],
        [t("duration"), durationMs === null ? null : formatDuration(durationMs)],
      ]}
    />
  );
}

/** The person who signed in; failing that, the person whose browser it was, said to be a guess. */
function SignInPerson({ signIn: { userId, browserUser } }: { signIn: SignIn }): ReactNode {
  const t = useTranslations("signIns");
  if (userId !== null) return <PersonLink userId={userId}>{userId}</PersonLink>;
  if (browserUser === null) return t("personUnknown");
  const { nickname } = browserUser;
  return t.rich("personProbably", {
    person: () => (
      <PersonLink userId={browserUser.userId}>
        {visibleText(nickname) === null ? browserUser.userId : <Nickname nickname={nickname} />}
      </PersonLink>
    ),
  });
}

function PersonLink({ userId, children }: { userId: string; children: ReactNode }): ReactNode {
  return (
    <Link to="/people" search={{ open: userId }} className={classes.link} data-whole>
      {children}
    </Link>
  );
}
