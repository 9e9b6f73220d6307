import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { ExportMenu } from "../../components/export-menu.js";
import { AppFilter } from "../../components/wechat-app.js";
import {
  type ErrorsListState,
  type ErrorsSearch,
  type ErrorsView,
  groupSorts,
} from "../../search-params/errors-search.js";
import { FilterBar, SelectFilter, TextFilter } from "../../ui/filters.js";
import { TimeRangeFilter } from "../../ui/time-range-filter.js";
import classes from "./errors.module.css";

// The WeChat endpoints whose failed calls the api records.
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
  list,
}: {
  search: ErrorsSearch;
  view: ErrorsView;
  list: ErrorsListState;
}): ReactNode {
  const t = useTranslations("errors");
  const groups = useTranslations("errorGroups");
  return (
    <FilterBar list={list}>
      {view === "log" && (
        <TextFilter
          label={t("search")}
          placeholder={t("searchPlaceholder")}
          value={search.q}
          onChange={(q) => list.setFilter({ q }, { replace: true })}
        />
      )}
      <TimeRangeFilter search={search} onChange={(range) => list.setFilter(range)} />
      <AppFilter value={search.appId} onChange={(appId) => list.setFilter({ appId })} />
      <SelectFilter
        label={t("endpoint")}
        all={t("allEndpoints")}
        options={endpoints.map((endpoint) => ({ value: endpoint, label: endpoint }))}
        value={search.endpoint}
        onChange={(endpoint) => list.setFilter({ endpoint })}
      />
      <ErrcodeFilter value={search.errcode} onChange={(errcode) => list.setFilter({ errcode })} />
      {view === "groups" && (
        <SelectFilter
          label={groups("sort")}
          all={groups("sortBy.last_seen")}
          options={groupSorts.slice(1).map((sort) => ({ value: sort, label: groups(`sortBy.${sort}`) }))}
          value={search.sort === "last_seen" ? undefined : search.sort}
          onChange={(sort) => list.setFilter({ sort })}
        />
      )}
      {view === "log" && <ExportMenu list="failures" filter={{ ...list.filters, ...list.bounds }} />}
    </FilterBar>
  );
}

/** Applied on Enter or on blur: an errcode typed halfway is another errcode. */
function ErrcodeFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (errcode: string | undefined) => void;
}): ReactNode {
  const t = useTranslations("errors");
  function apply(text: string) {
    const errcode = text.trim() || undefined;
    if (errcode !== value) onChange(errcode);
  }
  return (
    <TextInput
      key={value}
      aria-label="errcode"
      placeholder={t("errcodePlaceholder")}
      className={classes.errcodeFilter}
      maxLength={40}
      defaultValue={value ?? ""}
      onBlur={(event) => apply(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") apply(event.currentTarget.value);
      }}
    />
  );
}
