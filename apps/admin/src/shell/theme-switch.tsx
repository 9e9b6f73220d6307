import { ActionIcon, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

const nextScheme = { auto: "light", light: "dark", dark: "auto" } as const;
const icons = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon };

/** Cycles through system, light and dark. */
export function ThemeSwitch(): ReactNode {
  const t = useTranslations("theme");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Glyph = icons[colorScheme];
  const label = t("switch", { now: t(colorScheme), next: t(nextScheme[colorScheme]) });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="var(--mantine-color-dimmed)"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(nextScheme[colorScheme])}
    >
      <Glyph size={18} stroke={1.7} aria-hidden />
    </ActionIcon>
  );
}
