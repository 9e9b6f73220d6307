import { Kbd } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { ModalDialog } from "../../ui/dialogs.js";
import classes from "./palette.module.css";

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

const shortcuts = [
  { name: "palette", keys: [isMac ? "⌘ K" : "Ctrl K"] },
  { name: "search", keys: ["/"] },
  { name: "rows", keys: ["J", "K", "↑", "↓"] },
  { name: "open", keys: ["Enter"] },
  { name: "close", keys: ["Esc"] },
  { name: "help", keys: ["?"] },
] as const;

/** Every key that the console listens to. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useTranslations("shortcuts");
  return (
    <ModalDialog opened onClose={onClose} title={t("title")}>
      <dl className={classes.shortcuts}>
        {shortcuts.map(({ name, keys }) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className={classes.note}>{t("note")}</p>
    </ModalDialog>
  );
}
