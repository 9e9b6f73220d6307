import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { PersonDetail, Session } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { FailureLinks } from "../../components/failure-links.js";
import { Avatar, Nickname } from "../../components/person-name.js";
import { SignInLinks } from "../../components/sign-in-links.js";
import { useMayAct } from "../../shell/use-operator.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime, RelativeTime } from "../../ui/time.js";
import { BindingCard } from "./binding-card.js";
import { EndSessionButton } from "./end-session-button.js";
import classes from "./people.module.css";
import { PersonActs } from "./person-acts.js";
import { ConflictsCallout, MergedFromCallout, SignInStatusCallout } from "./person-callouts.js";
import { PersonMerges } from "./person-merges.js";
import { PersonStatus } from "./person-status.js";
import { UnbindButton } from "./unbind-button.js";

/** One person. The answer to "why can they not sign in?" comes first. */
export function PersonView({ userId }: { userId: string }): ReactNode {
  const query = useQuery(trpc.people.get.queryOptions({ userId }));
  return <QueryBoundary query={query}>{(person) => <PersonDetails person={person} />}</QueryBoundary>;
}

function PersonDetails({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("people");
  const { profile } = person;
  const mayAct = useMayAct();
  return (
    <>
      <div className={classes.head}>
        <Avatar {...profile} size={48} />
        <div>
          <div className={classes.headName}>
            <Nickname nickname={profile.nickname} />
          </div>
          <div className={classes.headState}>
            <PersonStatus status={person.status} />
          </div>
        </div>
      </div>
      <div className={classes.callouts}>
        {person.mergedFrom !== null && <MergedFromCallout mergedFrom={person.mergedFrom} />}
        <SignInStatusCallout person={person} />
        {person.conflicts.length > 0 && <ConflictsCallout conflicts={person.conflicts} />}
      </div>
      {mayAct && <PersonActs person={person} />}
      <Facts
        rows={[
          [t("userId"), <CopyableId key="id" value={person.userId} label={t("userId")} whole />],
          [
            t("externalIds"),
            person.externalIds.length > 0 ? <ExternalIds key="external" person={person} /> : null,
          ],
          [t("lastSignIn"), <ExactTime key="last" at={person.lastSignInAt} />],
          [t("created"), <ExactTime key="created" at={person.createdAt} />],
        ]}
      />
      <Section title={t("bindings", { count: person.bindings.length })}>
        {person.bindings.map((binding) => (
          <BindingCard key={binding.id} binding={binding}>
            {mayAct && <UnbindButton person={person} binding={binding} />}
          </BindingCard>
        ))}
      </Section>
      {person.merges.length > 0 && <PersonMerges merges={person.merges} />}
      <Section title={t("failures")}>
        {person.failures.length > 0 ? (
          <FailureLinks failures={person.failures} />
        ) : (
          <p className={classes.muted}>{t("noFailures")}</p>
        )}
      </Section>
      {person.browserFailures.length > 0 && (
        <Section title={t("browserFailures")}>
          <p className={classes.muted}>{t("browserFailuresReason")}</p>
          <FailureLinks failures={person.browserFailures} />
        </Section>
      )}
      <Section title={t("signIns")}>
        {person.signIns.length > 0 ? (
          <SignInLinks signIns={person.signIns} />
        ) : (
          <p className={classes.muted}>{t("noSignIns")}</p>
        )}
      </Section>
      <Section title={t("sessions")}>
        {person.sessions.length > 0 ? (
          <PersonSessions userId={person.userId} sessions={person.sessions} mayAct={mayAct} />
        ) : (
          <p className={classes.muted}>{t("noSessions")}</p>
        )}
      </Section>
    </>
  );
}

/** What host applications call the person. */
function ExternalIds({ person }: { person: PersonDetail }): ReactNode {
  return person.externalIds.map(({ clientId, externalId }) => (
    <div key={`${clientId} ${externalId}`}>
      {clientId} <CopyableId value={externalId} label={clientId} whole />
    </div>
  ));
}

function PersonSessions({
  userId,
  sessions,
  mayAct,
}: {
  userId: string;
  sessions: readonly Session[];
  mayAct: boolean;
}): ReactNode {
  const t = useTranslations("people");
  return (
    <ul className={classes.sessions}>
      {sessions.map((session) => (
        <li key={session.id}>
          <span>
            <DeviceName device={session.device} />
            {session.ip && <> · {session.ip}</>}
          </span>
          <span className={classes.muted}>
            {t("lastSeen")} <RelativeTime at={session.lastSeenAt} /> · {t("endsAt")}{" "}
            <RelativeTime at={session.expiresAt} />
            {mayAct && <EndSessionButton userId={userId} session={session} />}
          </span>
        </li>
      ))}
    </ul>
  );
}
