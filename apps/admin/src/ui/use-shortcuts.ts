import { useEffect, useEffectEvent } from "react";
import { isForConsole } from "./keyboard.js";

/** Runs what belongs to a key, as the keyboard's layout writes it. See `isForConsole` for when it is left to others. */
export function useShortcuts(shortcuts: Readonly<Record<string, () => void>>): void {
  const run = useEffectEvent((event: KeyboardEvent) => {
    const shortcut = shortcuts[event.key];
    if (!shortcut || !isForConsole(event)) return;
    event.preventDefault();
    shortcut();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => run(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
