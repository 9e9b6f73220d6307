import { Button } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useLanguage } from "../language/use-language.js";

/** Shows the name of the other language in that language. */
export function LanguageSwitch(): ReactNode {
  const { language, setLanguage } = useLanguage();
  const other = language === "zh" ? "en" : "zh";
  return (
    <Button
      variant="subtle"
      color="gray"
      c="var(--mantine-color-dimmed)"
      size="compact-md"
      fz={13}
      fw={500}
      leftSection={<IconLanguage size={17} stroke={1.7} aria-hidden />}
      lang={other === "zh" ? "zh-CN" : "en"}
      onClick={() => setLanguage(other)}
    >
      {other === "zh" ? "中文" : "English"}
    </Button>
  );
}
