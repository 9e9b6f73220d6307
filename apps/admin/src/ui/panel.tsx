import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./panel.module.css";

/** A bordered surface for lists, cards and notices. */
export function Panel({ children, pad = false }: { children: ReactNode; pad?: boolean }): ReactNode {
  return (
    <div className={classes.panel} data-pad={pad || undefined}>
      {children}
    </div>
  );
}

/** A part of a page or drawer with its own heading. */
export function Section({
  title,
  aside,
  children,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <section className={classes.section}>
      <div className={classes.heading}>
        <Title order={2} size={15}>
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </section>
  );
}
