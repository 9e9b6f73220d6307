import { type RefObject, useEffect } from "react";
import { isForConsole } from "./keyboard.js";

const steps: Record<string, number | undefined> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/**
 * Walks the rows of a list with the keyboard: J and K from anywhere, the arrows from a row, which would otherwise scroll. While a
 * row is open beside the list, the next one opens in its place; Enter on the open row goes on to what is beside it.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (!isForConsole(event)) return;
      const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row-link]") ?? [])];
      const focused = rows.indexOf(document.activeElement as HTMLElement);
      const open = rows.findIndex((row) => row.dataset.status === "active");
      if (event.key === "Enter" && focused >= 0 && focused === open) {
        const beside = document.querySelector<HTMLElement>("[data-beside] [tabindex]");
        if (beside) event.preventDefault();
        beside?.focus();
        return;
      }
      const step = steps[event.key];
      if (step === undefined || (event.key.startsWith("Arrow") && focused < 0)) return;
      const next = rows[(focused >= 0 ? focused : open) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
      if (open >= 0) next.click();
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [list]);
}
