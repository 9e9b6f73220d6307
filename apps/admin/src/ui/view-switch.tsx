import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";
import classes from "./view-switch.module.css";

/** The views of one page. Links, because the view is part of the URL. */
export function ViewSwitch({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <nav className={classes.views} aria-label={label}>
      {children}
    </nav>
  );
}

function ViewAnchor({
  isCurrent,
  ...props
}: AnchorHTMLAttributes<HTMLAnchorElement> & {
  ref?: Ref<HTMLAnchorElement>;
  isCurrent: boolean;
}): ReactNode {
  return (
    <a
      {...props}
      className={classes.view}
      aria-current={isCurrent ? "page" : undefined}
      data-current={isCurrent || undefined}
    />
  );
}

/** One view of a `ViewSwitch`. The router alone would call every view current that has fewer search params. */
export const ViewLink = createLink(ViewAnchor);
