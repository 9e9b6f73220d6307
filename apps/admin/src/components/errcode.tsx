import type { ReactNode } from "react";
import classes from "./errcode.module.css";

/** The code as WeChat gave it, and its name if the code is known. */
export function Errcode({ errcode, name }: { errcode: string; name: string | null }): ReactNode {
  return (
    <span className={classes.errcode}>
      <code>{errcode}</code>
      {name && <span className={classes.name}>{name}</span>}
    </span>
  );
}
