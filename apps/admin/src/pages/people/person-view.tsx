import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { PersonDetail } from "../../api/types.js";
import { FailureLinks } from "../../components/failure-links.js";
import { Avatar, Nickname } from "../../components/person-name.js";
import { SignInLinks } from "../../components/sign-in-links.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";
import { BindingCard } from "./binding-card.js";
import { displayProfile } from "./face-of.js";
import classes from "./people.module.css";
import { SignInStatusCallout } from "./person-callouts.js";
import { ConflictsCallout } from "./person-conflicts.js";
import { PersonSessions } from "./person-sessions.js";
import { PersonStatus } from "./person-status.js";

/** One person, the answer to "why can they not sign in?" first. */
export function PersonView({ userId }: { userId: string }): ReactNode {
  const person = useQuery(trpc.people.get.queryOptions({ userId }));
  return <QueryBoundary query={person}>{(found) => <PersonParts person={found} />}</QueryBoundary>;
}

function PersonParts({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("people");
  const face = displayProfile(person);
  return (
    <>
      <div className={classes.head}>
        <Avatar {...face} size={48} />
        <div>
          <div className={classes.headName}>
            <Nickname nickname={face.nickname} />
          </div>
          <div className={classes.headState}>
            <PersonStatus status={person.status} />
          </div>
        </div>
      </div>
      <div className={classes.callouts}>
        <SignInStatusCallout person={person} />
        {person.conflicts.length > 0 && <ConflictsCallout conflicts={person.conflicts} />}
      </div>
      <Facts
        rows={[
          [t("userId"), <CopyableId key="id" value={person.userId} label={t("userId")} whole />],
          [t("lastSignIn"), <ExactTime key="last" at={person.lastSignInAt} />],
          [t("created"), <ExactTime key="created" at={person.createdAt} />],
        ]}
      />
      <Section title={t("bindings", { count: person.bindings.length })}>
        {person.bindings.map((binding) => (
          <BindingCard key={binding.id} binding={binding} />
        ))}
      </Section>
      <Section title={t("failures")}>
        {person.failures.length > 0 ? (
          <FailureLinks failures={person.failures} />
        ) : (
          <p className={classes.quiet}>{t("noFailures")}</p>
        )}
      </Section>
      <Section title={t("signIns")}>
        {person.signIns.length > 0 ? (
          <SignInLinks signIns={person.signIns} />
        ) : (
          <p className={classes.quiet}>{t("noSignIns")}</p>
        )}
      </Section>
      <Section title={t("sessions")}>
        {person.sessions.length > 0 ? (
          <PersonSessions sessions={person.sessions} />
        ) : (
          <p className={classes.quiet}>{t("noSessions")}</p>
        )}
      </Section>
    </>
  );
}
