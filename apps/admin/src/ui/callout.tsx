import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./callout.module.css";

/** A remark, warning or error above the content that it concerns. */
export function Callout({
  tone,
  icon: Glyph,
  title,
  role,
  children,
}: {
  tone: "info" | "warning" | "error";
  icon: Icon;
  title?: string;
  role?: "alert";
  children: ReactNode;
}): ReactNode {
  return (
    <div className={classes.callout} data-tone={tone} role={role}>
      <Glyph size={18} stroke={1.9} aria-hidden />
      <div className={classes.text}>
        {title && <strong className={classes.title}>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
