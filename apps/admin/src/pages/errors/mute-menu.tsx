import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

const muteMinutes = [60, 1440, 10_080, 43_200] as const;

/** For how long groups of errors are muted. */
export function MuteMenu({
  loading,
  onMute,
}: {
  loading: boolean;
  onMute: (minutes: (typeof muteMinutes)[number]) => void;
}): ReactNode {
  const t = useTranslations("errorGroups");
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
        {muteMinutes.map((minutes) => (
          <Menu.Item key={minutes} onClick={() => onMute(minutes)}>
            {t(`muteFor.${minutes}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
