import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./state-badge.module.css";

export type Tone = "success" | "warning" | "error" | "info" | "neutral";

/** A state as icon, word and color, so that it does not depend on color alone. */
export function StateBadge({
  tone,
  icon: Glyph,
  children,
}: {
  tone: Tone;
  icon: Icon;
  children: ReactNode;
}): ReactNode {
  return (
    <span className={classes.badge} data-tone={tone}>
      <Glyph size={14} stroke={2} aria-hidden />
      {children}
    </span>
  );
}
