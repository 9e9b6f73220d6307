import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { formatInZone, parseInZone } from "../format/zone.js";
import { useTimeZoneChoice } from "../language/time-zone.js";
import { DEFAULT_RANGE, ranges, type TimeRangeSearch } from "../search-params/time-range.js";
import { SelectFilter } from "./filters.js";
import classes from "./filters.module.css";
import { TypedRange } from "./typed-range.js";

/** A period up to now, all time, or a custom range in the operator's time zone. */
export function TimeRangeFilter({
  search,
  onChange,
}: {
  search: TimeRangeSearch;
  onChange: (range: TimeRangeSearch) => void;
}): ReactNode {
  const t = useTranslations("timeRange");
  const { timeZone } = useTimeZoneChoice();
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
          <TypedRange onChange={onChange} />
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
        title={timeZone}
        value={value ? formatInZone(new Date(value), timeZone) : ""}
        onChange={(event) => {
          const iso = parseInZone(event.currentTarget.value, timeZone)?.toISOString();
          onChange({ range: "custom", from: search.from, to: search.to, [end]: iso });
        }}
      />
    );
  }
}
