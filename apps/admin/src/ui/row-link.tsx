import { createLink, type LinkComponent } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";
import classes from "./row-link.module.css";

function RowAnchor(
  props: AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> },
): ReactNode {
  return <a {...props} className={classes.rowLink} />;
}

const TypedRowLink = createLink(RowAnchor);

/**
 * A real link that opens its row: reachable by keyboard, openable in a new tab. It keeps the history
 * entry's state (the pages before this one, see paging.tsx) and the place where the list is scrolled to.
 */
export const RowLink: LinkComponent<typeof RowAnchor> = (props) => (
  <TypedRowLink state={true} resetScroll={false} preload={false} {...props} />
);
