import { Button, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { ListPaging } from "../search-params/use-list-search.js";
import { useFormatExactTime } from "./time.js";
import type { Total } from "./use-total.js";

/** How many rows there are, and keyset paging: a page has a cursor to the next one and no number. */
export function Paging({
  paging,
  page,
  stale,
  total,
}: {
  paging: ListPaging;
  page: { nextCursor: string | null; searchedTo?: string } | undefined;
  /** The previous page is still shown, so its `nextCursor` is not the one after the requested page. */
  stale: boolean;
  total?: Total | undefined;
}): ReactNode {
  const t = useTranslations("paging");
  const format = useFormatter();
  const formatTime = useFormatExactTime();
  const { nextCursor = null, searchedTo } = page ?? {};
  const count = total && `${format.number(total.count)}${total.isMore ? "+" : ""}`;
  const isOnly = paging.cursor === undefined && nextCursor === null;
  if (isOnly && !total?.count) return null;
  return (
    <Group component="nav" aria-label={t("label")} justify="flex-end" gap="xs" mt="sm">
      {total && total.count > 0 && (
        <Text size="xs" c="dimmed" mr="auto" data-total>
          {t("total", { count: count ?? "", rows: total.count })}
        </Text>
      )}
      {searchedTo !== undefined && <Text size="xs">{t("searchedTo", { at: formatTime(searchedTo) })}</Text>}
      {paging.cursor !== undefined && !paging.hasPrevious && (
        <Button variant="default" size="xs" onClick={paging.goToFirst}>
          {t("first")}
        </Button>
      )}
      {paging.hasPrevious && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconChevronLeft size={14} aria-hidden />}
          onClick={paging.goToPrevious}
        >
          {t("previous")}
        </Button>
      )}
      {nextCursor !== null && (
        <Button
          variant="default"
          size="xs"
          disabled={stale}
          rightSection={<IconChevronRight size={14} aria-hidden />}
          onClick={() => paging.goToNext(nextCursor)}
        >
          {searchedTo === undefined ? t("next") : t("goOn")}
        </Button>
      )}
    </Group>
  );
}
