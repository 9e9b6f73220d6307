import { Button, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The cursors of the pages before this one, first page first ("" is the first page's). */
    trail?: string[];
  }
}

export interface PageStep {
  cursor: string | undefined;
  trail: string[];
}

/**
 * Keyset paging: a page knows its follower, never its number. The way back is remembered in the history
 * entry; who came by a shared link has none, and is offered the first page instead.
 */
export function Paging({
  cursor,
  nextCursor,
  stale,
  onStep,
}: {
  cursor: string | undefined;
  nextCursor: string | null;
  /** The page before is still shown: its follower is not the one the operator means. */
  stale: boolean;
  onStep: (step: PageStep) => void;
}): ReactNode {
  const t = useTranslations("paging");
  const trail = useLocation({ select: (location) => location.state.trail }) ?? [];
  const before = trail.at(-1);
  if (cursor === undefined && nextCursor === null) return null;
  return (
    <Group component="nav" aria-label={t("label")} justify="flex-end" gap="xs" mt="sm">
      {cursor !== undefined && before === undefined && (
        <Button variant="default" size="xs" onClick={() => onStep({ cursor: undefined, trail: [] })}>
          {t("first")}
        </Button>
      )}
      {before !== undefined && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconChevronLeft size={14} aria-hidden />}
          onClick={() => onStep({ cursor: before || undefined, trail: trail.slice(0, -1) })}
        >
          {t("back")}
        </Button>
      )}
      {nextCursor !== null && (
        <Button
          variant="default"
          size="xs"
          disabled={stale}
          rightSection={<IconChevronRight size={14} aria-hidden />}
          onClick={() => onStep({ cursor: nextCursor, trail: [...trail, cursor ?? ""] })}
        >
          {t("next")}
        </Button>
      )}
    </Group>
  );
}
