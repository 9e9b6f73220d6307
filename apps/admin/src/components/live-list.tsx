import { Button, Group, Text } from "@mantine/core";
import { IconArrowUp, IconPlayerPause, IconPlayerPlay, IconPlayerRecord } from "@tabler/icons-react";
import type { QueryKey } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { queryClient } from "../api/client.js";
import { useLive } from "./use-live.js";

interface Rows {
  items: readonly { id: string }[];
}

/** Turns the live list on and off. */
export function LiveSwitch({
  isOn,
  onChange,
}: {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}): ReactNode {
  const t = useTranslations("live");
  return (
    <Button
      variant={isOn ? "light" : "default"}
      size="sm"
      aria-pressed={isOn}
      title={t("description")}
      leftSection={<IconPlayerRecord size={15} aria-hidden />}
      onClick={() => onChange(!isOn)}
    >
      {t("live")}
    </Button>
  );
}

/** Further down than this, new rows would move what is being read. */
const SCROLLED_PX = 120;

/**
 * Above a list that is watched: whether it is connected, a pause, and how many rows are new where they are held back, because it is
 * paused, a row is open, or the page is scrolled.
 *
 * @param props.shownKey the query of the rows on the screen, `shown`; `readNewest` reads the same apart from it, so that these stay.
 */
export function LiveBar({
  list,
  isRowOpen,
  shownKey,
  readNewest,
  shown,
  isFailed,
}: {
  list: "failures" | "sign-ins";
  isRowOpen: boolean;
  shownKey: QueryKey;
  readNewest: () => Promise<Rows>;
  shown: Rows | undefined;
  /** The rows could not be loaded. */
  isFailed: boolean;
}): ReactNode {
  const t = useTranslations("live");
  const [isPaused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState<Rows>();
  const isHeld = () => isPaused || isRowOpen || window.scrollY > SCROLLED_PX;

  async function onNews(): Promise<void> {
    if (!isHeld()) {
      setWaiting(undefined);
      await queryClient.refetchQueries({ queryKey: shownKey, exact: true });
      return;
    }
    setWaiting(await readNewest());
  }
  const state = useLive(list, onNews);

  function show(): void {
    setWaiting(undefined);
    window.scrollTo({ top: 0 });
    void queryClient.refetchQueries({ queryKey: shownKey, exact: true });
  }

  const known = new Set(shown?.items.map(({ id }) => id));
  const fresh = waiting?.items.filter(({ id }) => !known.has(id)).length ?? 0;
  const isAll = fresh > 0 && fresh === waiting?.items.length;
  return (
    <Group gap="xs" mb="sm">
      <Button
        variant="default"
        size="xs"
        leftSection={
          isPaused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
        }
        onClick={() => {
          setPaused(!isPaused);
          if (isPaused) show();
        }}
      >
        {isPaused ? t("goOn") : t("pause")}
      </Button>
      <Text size="xs" c="dimmed" role="status">
        {isFailed ? t("failed") : isPaused ? t("paused") : t(`state.${state}`)}
      </Text>
      {fresh > 0 && (
        <Button variant="light" size="xs" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={show}>
          {isAll ? t("atLeast", { count: fresh }) : t("fresh", { count: fresh })}
        </Button>
      )}
    </Group>
  );
}
