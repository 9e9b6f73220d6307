import { useClipboard } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { shortenMiddle } from "../format/text.js";
import classes from "./copyable-id.module.css";

/**
 * An identifier in monospace with a copy button. Lists shorten it in the middle; detail views show it `whole`.
 * A value that the api masked for a viewer has no button: nothing is found by it.
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
      {!value.includes("…") && <CopyButton value={value} label={label} />}
    </span>
  );
}

/** `label` names the copied value: "openid" gives a button labeled "Copy openid". */
export function CopyButton({ value, label }: { value: string; label: string }): ReactNode {
  const t = useTranslations("copy");
  const clipboard = useClipboard({ timeout: 1500 });
  const Glyph = clipboard.error ? IconAlertTriangle : clipboard.copied ? IconCheck : IconCopy;
  const title = clipboard.error ? t("failed") : clipboard.copied ? t("copied") : t("copy", { what: label });
  return (
    <button
      type="button"
      className={classes.copy}
      data-copied={clipboard.copied || undefined}
      aria-label={title}
      title={title}
      onClick={() => clipboard.copy(value)}
    >
      <Glyph size={14} stroke={1.8} aria-hidden />
    </button>
  );
}
