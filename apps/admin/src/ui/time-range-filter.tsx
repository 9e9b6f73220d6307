import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { DEFAULT_RANGE, ranges, type TimeRangeSearch } from "../search-params/time-range.js";
import { SelectFilter } from "./filters.js";
import classes from "./filters.module.css";

/** A period up to now, all time, or a custom range in the operator's time zone. */
export function TimeRangeFilter({
  search,
  onChange,
}: {
  search: TimeRangeSearch;
  onChange: (range: TimeRangeSearch) => void;
}): ReactNode {
  const t = useTranslations("timeRange");
  const range = search.range ?? DEFAULT_RANGE;
  const options = ranges
    .filter((option) => option !== DEFAULT_RANGE)
    .map((option) => ({ value: option, label: t(option) }));
  return (
    <>
      <SelectFilter
        label={t("label")}
        all={t(DEFAULT_RANGE)}
        options={options}
        value={range === DEFAULT_RANGE ? undefined : range}
        onChange={(chosen) => onChange({ range: chosen, from: undefined, to: undefined })}
      />
      {range === "custom" && (
        <>
          {dateTimeInput("from")}
          {dateTimeInput("to")}
        </>
      )}
    </>
  );

  function dateTimeInput(end: "from" | "to") {
    const value = search[end];
    return (
      <TextInput
        className={classes.dateTime ?? ""}
        type="datetime-local"
        aria-label={t(end)}
        value={value ? toLocalInput(new Date(value)) : ""}
        onChange={(event) => {
          const chosen = new Date(event.currentTarget.value);
          const iso = Number.isNaN(chosen.getTime()) ? undefined : chosen.toISOString();
          onChange({ range: "custom", from: search.from, to: search.to, [end]: iso });
        }}
      />
    );
  }
}

/** `datetime-local` takes local time without a zone: "2026-03-01T09:30". */
function toLocalInput(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
