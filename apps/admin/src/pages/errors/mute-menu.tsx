import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { minutesUntil } from "../../format/zone.js";
import { useTimeZoneChoice } from "../../language/time-zone.js";

const muteMinutes = [60, 1440, 10_080, 43_200] as const;

/** When the colleagues of an operator at night come. */
const morning = "08:00";

/** For how long groups of errors are muted. */
export function MuteMenu({
  loading,
  onMute,
}: {
  loading: boolean;
  onMute: (minutes: number) => void;
}): ReactNode {
  const t = useTranslations("errorGroups");
  const { timeZone } = useTimeZoneChoice();
  return (
    <Menu withinPortal={false}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={loading}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t("mute")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onMute(minutesUntil(morning, new Date(), timeZone))}>
          {t("muteUntil", { time: morning })}
        </Menu.Item>
        {muteMinutes.map((minutes) => (
          <Menu.Item key={minutes} onClick={() => onMute(minutes)}>
            {t(`muteFor.${minutes}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
