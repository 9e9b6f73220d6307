import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./notice.module.css";

/** In place of a list without rows or of failed content: what happened and what to do. */
export function Notice({
  icon: Glyph,
  title,
  body,
  role,
  tone = "neutral",
  children,
}: {
  icon: Icon;
  title: string;
  body: ReactNode;
  role?: "alert";
  tone?: "neutral" | "error";
  children?: ReactNode;
}): ReactNode {
  return (
    <div className={classes.notice} role={role}>
      <span className={classes.icon} data-tone={tone}>
        <Glyph size={22} stroke={1.7} aria-hidden />
      </span>
      <p className={classes.title}>{title}</p>
      <div className={classes.body}>{body}</div>
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
