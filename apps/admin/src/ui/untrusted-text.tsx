import type { ReactNode } from "react";
import classes from "./untrusted-text.module.css";

/**
 * Text that somebody else wrote: a nickname, an errmsg. It stands alone in its own direction, so that an
 * RTL override turns nothing around it, and stays in its box. `clip` keeps it on one line; its whole
 * is then in the title, and in the detail view.
 */
export function UntrustedText({ text, clip = false }: { text: string; clip?: boolean }): ReactNode {
  return (
    <bdi className={clip ? classes.clipped : classes.wrapped} title={clip ? text : undefined}>
      {text}
    </bdi>
  );
}
