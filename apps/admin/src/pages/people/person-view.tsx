import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { PersonDetail } from "../../api/rows.js";
import { Answer } from "../../components/answer.js";
import { Facts } from "../../components/facts.js";
import { FailureLinks } from "../../components/failure-links.js";
import { Id } from "../../components/id.js";
import { Section } from "../../components/panel.js";
import { Avatar, Nickname } from "../../components/person-name.js";
import { SignInLinks } from "../../components/sign-in-links.js";
import { ExactTime } from "../../components/when.js";
import { BindingCard } from "./binding-card.js";
import { faceOf } from "./face-of.js";
import classes from "./people.module.css";
import { PersonConflicts } from "./person-conflicts.js";
import { PersonSessions } from "./person-sessions.js";
import { PersonStatus } from "./person-status.js";
import { PersonVerdict } from "./person-verdict.js";

/** One person, the answer to "why can they not sign in?" first. */
export function PersonView({ userId }: { userId: string }): ReactNode {
  const person = useQuery(trpc.people.get.queryOptions({ userId }));
  return <Answer query={person}>{(found) => <PersonParts person={found} />}</Answer>;
}

function PersonParts({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("people");
  const face = faceOf(person);
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
        <PersonVerdict person={person} />
        {person.conflicts.length > 0 && <PersonConflicts conflicts={person.conflicts} />}
      </div>
      <Facts
        rows={[
          [t("userId"), <Id key="id" value={person.userId} label={t("userId")} whole />],
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
