import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./conflicts.module.css";

export interface Moved {
  bindings: number;
  unionids?: number;
  sessions: number;
  externalIds: number;
  signIns: number;
}

/** What a merge moves, or moved, from one person to the other. */
export function MovedList({ moved }: { moved: Moved }): ReactNode {
  const t = useTranslations("conflicts");
  const merges = useTranslations("merges");
  const { bindings, unionids = 0, sessions, externalIds, signIns } = moved;
  const lines = (
    [
      ["accounts", bindings],
      ["unionids", unionids],
      ["sessions", sessions],
      ["hostIds", externalIds],
      ["signIns", signIns],
    ] as const
  ).filter(([, count]) => count > 0);
  if (lines.length === 0) return <>{merges("movedNothing")}</>;
  return (
    <ul className={classes.moved}>
      {lines.map(([name, count]) => (
        <li key={name}>{t(name, { count })}</li>
      ))}
    </ul>
  );
}
