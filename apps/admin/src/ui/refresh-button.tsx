import { ActionIcon } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

/** Asks again for what the page shows. */
export function RefreshButton({ busy, onRefresh }: { busy: boolean; onRefresh: () => void }): ReactNode {
  const t = useTranslations("common");
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={t("refresh")}
      title={t("refresh")}
      loading={busy}
      onClick={onRefresh}
    >
      <IconRefresh size={17} stroke={1.7} aria-hidden />
    </ActionIcon>
  );
}
