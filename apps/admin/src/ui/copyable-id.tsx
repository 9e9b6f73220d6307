import type { ReactNode } from "react";
import { shortenMiddle } from "../format/shorten.js";
import { CopyButton } from "./copy-button.js";
import classes from "./copyable-id.module.css";

/**
 * An identifier in monospace with its copy button. Lists cut it in the middle; details show it `whole`.
 * What a viewer sees masked is copied masked: the page never had the rest.
 */
export function CopyableId({
  value,
  label,
  whole = false,
}: {
  value: string;
  label: string;
  whole?: boolean;
}): ReactNode {
  return (
    <span className={classes.id} data-whole={whole || undefined}>
      <bdi className={whole ? classes.whole : classes.short} title={whole ? undefined : value}>
        {whole ? value : shortenMiddle(value)}
      </bdi>
      <CopyButton value={value} label={label} />
    </span>
  );
}
