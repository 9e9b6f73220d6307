import type { ReactNode } from "react";
import type { Explanation } from "../api/types.js";
import { useLanguage } from "../language/use-language.js";
import classes from "./errcode.module.css";

/** The code as WeChat gave it, what it means, and its name in programs; an unknown code has neither. */
export function Errcode({
  errcode,
  name,
  meaning = null,
}: {
  errcode: string;
  name: string | null;
  /** Left out where it stands nearby. */
  meaning?: Explanation["meaning"] | null;
}): ReactNode {
  const { language } = useLanguage();
  return (
    <span className={classes.errcode}>
      <code>{errcode}</code>
      {meaning && <span>{meaning[language]}</span>}
      {name && <span className={classes.name}>{name}</span>}
    </span>
  );
}
