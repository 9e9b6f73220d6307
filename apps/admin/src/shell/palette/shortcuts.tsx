import { useHotkeys } from "@mantine/hooks";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { isBusy } from "../../ui/keyboard.js";
import { useShortcuts } from "../../ui/use-shortcuts.js";

// In a chunk of their own: most visits open neither.
const CommandPalette = lazy(() => import("./command-palette.js"));
const ShortcutsDialog = lazy(() => import("./shortcuts-dialog.js"));

/** What ⌘K or Ctrl+K and ? open over any page. */
export function Shortcuts(): ReactNode {
  const [opened, setOpened] = useState<"palette" | "shortcuts">();
  const close = () => setOpened(undefined);
  useHotkeys([["mod+K", () => !isBusy(null) && setOpened("palette")]]);
  useShortcuts({ "?": () => setOpened("shortcuts") });
  return (
    <Suspense>
      {opened === "palette" && (
        <CommandPalette onClose={close} onShowShortcuts={() => setOpened("shortcuts")} />
      )}
      {opened === "shortcuts" && <ShortcutsDialog onClose={close} />}
    </Suspense>
  );
}
