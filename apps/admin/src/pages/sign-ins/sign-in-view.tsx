import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { SignIn } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { FailureExplanation } from "../../components/failure-explanation.js";
import { FailureLinks } from "../../components/failure-links.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { Timeline } from "../../components/timeline.js";
import { AppName } from "../../components/wechat-app.js";
import { formatMilliseconds } from "../../format/duration.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Panel, Section } from "../../ui/panel.js";
import { ExactTime } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import classes from "./sign-ins.module.css";

export function SignInView({ signIn }: { signIn: SignIn }): ReactNode {
  const t = useTranslations("signIns");
  const meanings = useTranslations("outcomeMeans");
  // The last failure is the one that ended the sign-in, if any did.
  const decisive = signIn.failures.toSorted((one, other) => one.at.localeCompare(other.at)).at(-1);
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
          <p className={classes.meaning}>{meanings(signIn.outcome ?? "under_way")}</p>
          <SignInFacts signIn={signIn} />
        </Panel>
        {decisive && timeline}
      </div>
      <div>
        {decisive ? (
          <Section title={t("failures")}>
            <FailureLinks failures={signIn.failures} />
            <div className={classes.remedy}>
              <FailureExplanation failureId={decisive.id} />
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
  const tookMs =
    signIn.outcomeAt === null ? null : Date.parse(signIn.outcomeAt) - Date.parse(signIn.createdAt);
  return (
    <Facts
      rows={[
        [t("requestNumber"), <CopyableId key="id" value={signIn.id} label={t("requestNumber")} whole />],
        [
          t("person"),
          signIn.userId === null ? t("nobody") : <PersonLink key="user" userId={signIn.userId} />,
        ],
        ["openid", signIn.openid && <CopyableId key="openid" value={signIn.openid} label="openid" whole />],
        [t("app"), <AppName key="app" appKey={signIn.appKey} appId={signIn.appId} />],
        [t("device"), <DeviceName key="device" device={signIn.device} />],
        ["IP", signIn.ip && <CopyableId key="ip" value={signIn.ip} label="IP" whole />],
        [t("returnTo"), <UntrustedText key="return" text={signIn.returnTo} />],
        [t("started"), <ExactTime key="started" at={signIn.createdAt} />],
        [t("took"), tookMs === null ? null : formatMilliseconds(tookMs)],
      ]}
    />
  );
}

function PersonLink({ userId }: { userId: string }): ReactNode {
  return (
    <Link to="/people" search={{ open: userId }} className={classes.link} data-whole>
      {userId}
    </Link>
  );
}
