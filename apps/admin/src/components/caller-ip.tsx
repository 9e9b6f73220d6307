import { Box } from "@mantine/core";
import { IconWorldPin } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Callout } from "../ui/callout.js";
import { CopyableId } from "../ui/copyable-id.js";

/** The address that WeChat refused, to be copied into its allow-list; nothing for other failures. */
export function CallerIp({ ip }: { ip: string | null }): ReactNode {
  const t = useTranslations("errorCall");
  if (ip === null) return null;
  return (
    <Box mt="sm">
      <Callout tone="info" icon={IconWorldPin} title={t("callerIp")}>
        <CopyableId value={ip} label={t("callerIp")} whole />
        <div>{t("callerIpHint")}</div>
      </Callout>
    </Box>
  );
}
