import { ActionIcon, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

const following = { auto: "light", light: "dark", dark: "auto" } as const;
const icons = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon };

/** System, light, dark, and around again. */
export function ThemeSwitch(): ReactNode {
  const t = useTranslations("theme");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Glyph = icons[colorScheme];
  const said = t("switch", { now: t(colorScheme), next: t(following[colorScheme]) });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="var(--mantine-color-dimmed)"
      size="lg"
      aria-label={said}
      title={said}
      onClick={() => setColorScheme(following[colorScheme])}
    >
      <Glyph size={18} stroke={1.7} aria-hidden />
    </ActionIcon>
  );
}
