import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useTimeZoneChoice } from "../language/time-zone.js";
import type { TimeRangeSearch } from "../search-params/time-range.js";
import { parseTypedRange } from "../search-params/typed-range.js";
import classes from "./filters.module.css";

/** A range as text, in the operator's time zone. Applied at Enter or when the field is left; a bad one says how to write it. */
export function TypedRange({ onChange }: { onChange: (range: TimeRangeSearch) => void }): ReactNode {
  const t = useTranslations("timeRange");
  const { timeZone } = useTimeZoneChoice();
  const [typed, setTyped] = useState("");
  const [isWrong, setIsWrong] = useState(false);

  function apply() {
    if (typed.trim() === "") return setIsWrong(false);
    const range = parseTypedRange(typed, { nowMs: Date.now(), timeZone });
    setIsWrong(range === null);
    if (range === null) return;
    setTyped("");
    onChange(range);
  }

  return (
    <TextInput
      className={classes.typedRange ?? ""}
      aria-label={t("typed")}
      placeholder={t("typedPlaceholder")}
      title={t("typedZone", { timeZone })}
      autoComplete="off"
      spellCheck={false}
      maxLength={100}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        setIsWrong(false);
      }}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.nativeEvent.isComposing) apply();
      }}
      error={isWrong && t("typedWrong")}
    />
  );
}
