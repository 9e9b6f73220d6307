import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import classes from "./filters.module.css";

const TYPING_PAUSE_MS = 300;

/** The row of controls over a list. */
export function FilterBar({
  children,
  onClear,
}: {
  children: ReactNode;
  /** Present while a filter is set. */
  onClear?: (() => void) | undefined;
}): ReactNode {
  const t = useTranslations("empty");
  return (
    <search className={classes.bar}>
      {children}
      {onClear && (
        <Button variant="subtle" size="sm" onClick={onClear} px="xs">
          {t("clearFilters")}
        </Button>
      )}
    </search>
  );
}

/** Asks when the typing pauses, or at once on Enter; follows the address when that changes elsewhere. */
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
  const [followed, setFollowed] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (value !== followed) {
    setFollowed(value);
    if ((value ?? "") !== typed.trim()) setTyped(value ?? "");
  }

  function tell(text: string, pauseMs: number) {
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
        tell(event.currentTarget.value, TYPING_PAUSE_MS);
      }}
      onKeyDown={(event) => {
        // Enter also ends an input method's composition; that one is not an order to search.
        if (event.key === "Enter" && !event.nativeEvent.isComposing) tell(typed, 0);
      }}
    />
  );
}

/** A choice of few. The empty choice comes first and says what it means ("All apps"). */
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

export function AppFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (appId: string | undefined) => void;
}): ReactNode {
  const t = useTranslations("filters");
  const apps = useQuery(trpc.apps.list.queryOptions(undefined, { staleTime: 60_000 }));
  const options = (apps.data?.items ?? []).map((app) => ({ value: app.appId, label: app.key }));
  return (
    <SelectFilter label={t("app")} all={t("allApps")} options={options} value={value} onChange={onChange} />
  );
}
