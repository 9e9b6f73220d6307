import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { FailureRow } from "../api/rows.js";
import { Errcode } from "./errcode.js";
import classes from "./link-rows.module.css";
import { When } from "./when.js";

/** A few failures, each opening in the raw log. */
export function FailureLinks({ failures }: { failures: readonly FailureRow[] }): ReactNode {
  return (
    <ul className={classes.rows}>
      {failures.map((failure) => (
        <li key={failure.id}>
          <Link to="/errors" search={{ view: "log", range: "all", open: failure.id }} className={classes.row}>
            <span className={classes.main}>
              <Errcode errcode={failure.errcode} name={failure.name} />
              <span className={classes.quiet}>{failure.endpoint}</span>
            </span>
            <span className={classes.aside}>
              <When at={failure.at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
