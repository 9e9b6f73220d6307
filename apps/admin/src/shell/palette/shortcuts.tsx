import { useHotkeys } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { isBusy } from "../../ui/keyboard.js";
import { useShortcuts } from "../../ui/use-shortcuts.js";
// Not in a chunk of its own: while that loads, what is typed after the key would be lost.
import { CommandPalette } from "./command-palette.js";
import { ShortcutsDialog } from "./shortcuts-dialog.js";

/** What ⌘K or Ctrl+K and ? open over any page. */
export function Shortcuts(): ReactNode {
  const [opened, setOpened] = useState<"palette" | "shortcuts">();
  const close = () => setOpened(undefined);
  useHotkeys([["mod+K", () => !isBusy(null) && setOpened("palette")]]);
  useShortcuts({ "?": () => setOpened("shortcuts") });
  return (
    <>
      {opened === "palette" && (
        <CommandPalette onClose={close} onShowShortcuts={() => setOpened("shortcuts")} />
      )}
      {opened === "shortcuts" && <ShortcutsDialog onClose={close} />}
    </>
  );
}
