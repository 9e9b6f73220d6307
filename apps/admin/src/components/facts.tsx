import { Fragment, type ReactNode } from "react";
import classes from "./facts.module.css";

/** Names and values in two columns; on a phone one above the other. A value of null leaves its row out. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ReactNode])[] }): ReactNode {
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) =>
        value === null ? null : (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
