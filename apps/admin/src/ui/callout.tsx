import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./callout.module.css";

/** Something the reader must not miss, above what it is about. */
export function Callout({
  tone,
  icon: Glyph,
  title,
  role,
  children,
}: {
  tone: "warn" | "bad";
  icon: Icon;
  title?: string;
  role?: "alert";
  children: ReactNode;
}): ReactNode {
  return (
    <div className={classes.callout} data-tone={tone} role={role}>
      <Glyph size={18} stroke={1.9} aria-hidden />
      <div className={classes.words}>
        {title && <strong className={classes.title}>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
