import { useLocalStorage } from "@mantine/hooks";
import { z } from "zod/mini";

/** Which columns of a list an operator has shown or hidden. */
export interface ColumnChoice {
  /** By column; a column that is absent is shown as the list has it. */
  shown: Readonly<Record<string, boolean>>;
  set: (column: string, isShown: boolean) => void;
  /** All columns as the list has them. */
  reset: () => void;
}

type Shown = ColumnChoice["shown"];

const none: Shown = {};
const stored = z.record(z.string(), z.boolean());

/** What is stored may be of another version of the console. */
function readShown(text: string | undefined): Shown {
  try {
    return stored.parse(JSON.parse(text ?? ""));
  } catch {
    return none;
  }
}

/** The choice for one list. The browser keeps it; the address does not have it, so a shared link shows each reader their own. */
export function useColumnChoice(
  list: "people" | "sign-ins" | "failures" | "user-tokens" | "audit",
): ColumnChoice {
  const [shown, setShown, reset] = useLocalStorage<Shown>({
    key: `console-columns-${list}`,
    defaultValue: none,
    getInitialValueInEffect: false,
    deserialize: readShown,
  });
  return {
    shown,
    set: (column, isShown) => setShown((before) => ({ ...before, [column]: isShown })),
    reset,
  };
}
