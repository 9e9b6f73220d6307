import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ErrorsSearch } from "../../search-params/errors-search.js";
import { AppFilter, FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import { hasFilters } from "./narrowed-by.js";

// The calls to WeChat that the api makes and writes down, by their path.
const endpoints = [
  "sns/oauth2/access_token",
  "sns/oauth2/refresh_token",
  "sns/userinfo",
  "sns/auth",
  "cgi-bin/stable_token",
  "cgi-bin/token",
];

export function ErrorsFilters({
  search,
  view,
  onFilter,
  onClear,
}: {
  search: ErrorsSearch;
  view: "groups" | "log";
  onFilter: (change: Partial<ErrorsSearch>, options?: { replace?: boolean }) => void;
  onClear: () => void;
}): ReactNode {
  const t = useTranslations("errors");
  return (
    <FilterBar onClear={hasFilters(search) ? onClear : undefined}>
      {view === "log" && (
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.q}
          onChange={(q) => onFilter({ q }, { replace: true })}
        />
      )}
      <TimeRangeFilter search={search} onChange={(range) => onFilter(range)} />
      <AppFilter value={search.appId} onChange={(appId) => onFilter({ appId })} />
      <SelectFilter
        label={t("endpoint")}
        all={t("allEndpoints")}
        options={endpoints.map((endpoint) => ({ value: endpoint, label: endpoint }))}
        value={search.endpoint}
        onChange={(endpoint) => onFilter({ endpoint })}
      />
      <ErrcodeFilter value={search.errcode} onChange={(errcode) => onFilter({ errcode })} />
    </FilterBar>
  );
}

/** Applied on Enter or when left: half an errcode is another errcode. */
function ErrcodeFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (errcode: string | undefined) => void;
}): ReactNode {
  const t = useTranslations("errors");
  function tell(text: string) {
    const errcode = text.trim() || undefined;
    if (errcode !== value) onChange(errcode);
  }
  return (
    <TextInput
      key={value}
      aria-label="errcode"
      placeholder={t("errcodePlaceholder")}
      w={{ base: "100%", sm: 130 }}
      maxLength={40}
      defaultValue={value ?? ""}
      onBlur={(event) => tell(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") tell(event.currentTarget.value);
      }}
    />
  );
}
