import { Button, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ListPaging } from "../search-params/use-list-search.js";

/** Keyset paging: a page has a cursor to the next one and no number. */
export function Paging({
  paging,
  nextCursor,
  stale,
}: {
  paging: ListPaging;
  nextCursor: string | null;
  /** The previous page is still shown, so `nextCursor` is not the one after the requested page. */
  stale: boolean;
}): ReactNode {
  const t = useTranslations("paging");
  if (paging.cursor === undefined && nextCursor === null) return null;
  return (
    <Group component="nav" aria-label={t("label")} justify="flex-end" gap="xs" mt="sm">
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
          {t("next")}
        </Button>
      )}
    </Group>
  );
}
