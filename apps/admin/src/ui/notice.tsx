import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./notice.module.css";

/** What stands in a list's place when there are no rows: what is the matter, and what to do now. */
export function Notice({
  icon: Glyph,
  title,
  body,
  role,
  tone = "quiet",
  children,
}: {
  icon: Icon;
  title: string;
  body: ReactNode;
  role?: "alert";
  tone?: "quiet" | "bad";
  children?: ReactNode;
}): ReactNode {
  return (
    <div className={classes.notice} role={role}>
      <span className={classes.mark} data-tone={tone}>
        <Glyph size={22} stroke={1.7} aria-hidden />
      </span>
      <p className={classes.title}>{title}</p>
      <div className={classes.body}>{body}</div>
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
