import type { ReactNode } from "react";
import classes from "./untrusted-text.module.css";

/**
 * Text from outside: a nickname, an errmsg. It is isolated in its own direction, so that an RTL override
 * cannot affect its surroundings, and stays within its box. `clip` keeps it on one line, with the full text
 * as its title.
 */
export function UntrustedText({ text, clip = false }: { text: string; clip?: boolean }): ReactNode {
  return (
    <bdi className={clip ? classes.clipped : classes.wrapped} title={clip ? text : undefined}>
      {text}
    </bdi>
  );
}
