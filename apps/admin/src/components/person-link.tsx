import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ShownPerson } from "../api/types.js";
import classes from "./person-link.module.css";
import { NameInList } from "./person-name.js";

/** Whom a row is about, said to be a guess where only the browser was known. */
export function ShownPersonName({ person }: { person: ShownPerson }): ReactNode {
  const t = useTranslations("person");
  const name = <NameInList nickname={person.nickname} userId={person.userId} />;
  return person.isGuess ? t.rich("probably", { person: () => name }) : name;
}

/** The same as a link to the person; `none` stands for no person. */
export function PersonLink({ person, none }: { person: ShownPerson | null; none: ReactNode }): ReactNode {
  if (person === null) return <span className={classes.none}>{none}</span>;
  return (
    <Link to="/people" search={{ open: person.userId }} className={classes.person}>
      <ShownPersonName person={person} />
    </Link>
  );
}
