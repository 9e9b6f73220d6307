import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./state-badge.module.css";

export type Tone = "good" | "warn" | "bad" | "info" | "quiet";

/** A state in three ways at once: icon, word and colour, so that no one of them has to be enough. */
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
