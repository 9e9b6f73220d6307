import { useClipboard } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import classes from "./copyable-id.module.css";

/** `label` names what is copied: "openid" gives a button that reads "Copy openid". */
export function CopyButton({ value, label }: { value: string; label: string }): ReactNode {
  const t = useTranslations("copy");
  const clipboard = useClipboard({ timeout: 1500 });
  const Glyph = clipboard.error ? IconAlertTriangle : clipboard.copied ? IconCheck : IconCopy;
  const said = clipboard.error ? t("failed") : clipboard.copied ? t("copied") : t("copy", { what: label });
  return (
    <button
      type="button"
      className={classes.copy}
      data-copied={clipboard.copied || undefined}
      aria-label={said}
      title={said}
      onClick={() => clipboard.copy(value)}
    >
      <Glyph size={14} stroke={1.8} aria-hidden />
    </button>
  );
}
