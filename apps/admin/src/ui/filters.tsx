import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { ActiveFilter } from "../search-params/list-search.js";
import classes from "./filters.module.css";

const TYPING_PAUSE_MS = 300;

const TimesCleared = createContext(0);

/** The row of controls above a list. */
export function FilterBar({
  list,
  children,
}: {
  list: { activeFilter: ActiveFilter; onClearFilters: () => void; timesCleared: number };
  children: ReactNode;
}): ReactNode {
  const t = useTranslations("empty");
  return (
    <search className={classes.bar}>
      <TimesCleared value={list.timesCleared}>{children}</TimesCleared>
      {list.activeFilter === "filters" && (
        <Button variant="subtle" size="sm" onClick={list.onClearFilters} px="xs">
          {t("clearFilters")}
        </Button>
      )}
    </search>
  );
}

/** Applied when typing pauses, or at once on Enter. Follows `value` when that changes elsewhere (back, clear). */
export function TextFilter({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}): ReactNode {
  const [typed, setTyped] = useState(value ?? "");
  const [previous, setPrevious] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const timesCleared = useContext(TimesCleared);
  const [clearedBefore, setClearedBefore] = useState(timesCleared);
  // Also before the next clearing: what was typed must not be applied after it.
  useEffect(() => () => clearTimeout(timer.current), [timesCleared]);
  if (timesCleared !== clearedBefore) {
    setClearedBefore(timesCleared);
    setTyped("");
  }
  if (value !== previous) {
    setPrevious(value);
    if ((value ?? "") !== typed.trim()) setTyped(value ?? "");
  }

  function apply(text: string, pauseMs: number) {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(text.trim() || undefined), pauseMs);
  }

  return (
    <TextInput
      className={classes.text}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} aria-hidden />}
      maxLength={200}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value, TYPING_PAUSE_MS);
      }}
      onKeyDown={(event) => {
        // Enter also confirms an input method's composition, which must not start a search.
        if (event.key === "Enter" && !event.nativeEvent.isComposing) apply(typed, 0);
      }}
    />
  );
}

/** One of a few values. The empty option comes first; `all` is its label ("All apps"). */
export function SelectFilter<Value extends string>({
  label,
  all,
  options,
  value,
  onChange,
}: {
  label: string;
  all: string;
  options: readonly { value: Value; label: string }[];
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}): ReactNode {
  const isKnown = value === undefined || options.some((option) => option.value === value);
  return (
    <NativeSelect
      className={classes.choice}
      aria-label={label}
      data-set={value !== undefined || undefined}
      value={value ?? ""}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(options.find((option) => option.value === chosen)?.value);
      }}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
      {!isKnown && <option value={value}>{value}</option>}
    </NativeSelect>
  );
}
