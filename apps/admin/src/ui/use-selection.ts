import { useState } from "react";

export interface Selection {
  /** Of the rows on the page: those of another page or filter are not selected any more. */
  selected: readonly string[];
  isSelected: (key: string) => boolean;
  /** Selects a row or takes it out; with `isRange`, all rows from the last one that was touched. */
  toggle: (key: string, isRange: boolean) => void;
  toggleAll: () => void;
  clear: () => void;
}

/** Which rows of a page are selected. */
export function useSelection(keys: readonly string[]): Selection {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string>();
  const selected = keys.filter((key) => picked.has(key));

  function toggle(key: string, isRange: boolean) {
    const [from, to] = [keys.indexOf(isRange ? (last ?? key) : key), keys.indexOf(key)];
    const range = from < 0 ? [key] : keys.slice(Math.min(from, to), Math.max(from, to) + 1);
    const next = new Set(selected);
    for (const one of range) {
      if (picked.has(key)) next.delete(one);
      else next.add(one);
    }
    setPicked(next);
    setLast(key);
  }

  return {
    selected,
    isSelected: (key) => picked.has(key),
    toggle,
    toggleAll: () => setPicked(new Set(selected.length === keys.length ? [] : keys)),
    clear: () => setPicked(new Set()),
  };
}
