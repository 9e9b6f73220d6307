import { Button, Group, Stack, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { saveFile } from "../format/save-file.js";
import { ModalDialog } from "../ui/dialogs.js";
import classes from "./shown-once.module.css";

/** A secret that the api gives once: it can be copied until the dialog is closed. */
export function ShownOnce({
  value,
  label,
  title,
  fileName,
  kept,
  onClose,
  children,
}: {
  /** undefined: nothing to show, the dialog is closed. */
  value: string | undefined;
  /** Names the value: "link" gives a button labeled "Copy link". */
  label: string;
  title: string;
  /** Offers to save it as a file with this name. */
  fileName?: string;
  /** What the operator says to close the dialog, which nothing else closes: for what cannot be made again without it. */
  kept?: string;
  onClose: () => void;
  /** What it is for, and how to keep it. */
  children: ReactNode;
}): ReactNode {
  const t = useTranslations("once");
  const clipboard = useClipboard({ timeout: 3000 });
  const Glyph = clipboard.error ? IconAlertTriangle : clipboard.copied ? IconCheck : IconCopy;
  return (
    <ModalDialog opened={value !== undefined} onClose={onClose} title={title} held={kept !== undefined}>
      <Stack gap="sm">
        <Text size="sm" component="div">
          {children}
        </Text>
        <code className={classes.value}>{value}</code>
        <div role="status" className={classes.status}>
          {clipboard.error ? t("failed") : clipboard.copied ? t("copied") : ""}
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {kept ?? t("done")}
          </Button>
          {fileName !== undefined && value !== undefined && (
            <Button
              variant="default"
              leftSection={<IconDownload size={15} aria-hidden />}
              onClick={() => saveFile(fileName, `${value}\n`, "text/plain")}
            >
              {t("save")}
            </Button>
          )}
          <Button
            leftSection={<Glyph size={15} aria-hidden />}
            onClick={() => clipboard.copy(value)}
            data-autofocus
          >
            {t("copy", { what: label })}
          </Button>
        </Group>
      </Stack>
    </ModalDialog>
  );
}
