import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailurePerson } from "../api/types.js";
import { visibleText } from "../format/text.js";
import classes from "./failure-person.module.css";
import { Nickname } from "./person-name.js";

/** The person of a failed call, said to be a guess where only the browser was known. */
export function FailurePersonName({ person }: { person: FailurePerson }): ReactNode {
  const t = useTranslations("errorPeople");
  const name =
    visibleText(person.nickname) === null ? person.userId : <Nickname nickname={person.nickname} clip />;
  return person.isGuess ? t.rich("probably", { person: () => name }) : name;
}

/** The same as a link to the person; `none` stands for no person. */
export function FailurePersonLink({
  person,
  none,
}: {
  person: FailurePerson | null;
  none: ReactNode;
}): ReactNode {
  if (person === null) return <span className={classes.none}>{none}</span>;
  return (
    <Link to="/people" search={{ open: person.userId }} className={classes.person}>
      <FailurePersonName person={person} />
    </Link>
  );
}
