import { Button } from "@mantine/core";
import {
  IconLinkOff,
  IconLock,
  IconPlugConnectedX,
  IconRefresh,
  IconZoomExclamation,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { isConsoleError } from "../api/client.js";
import { CopyableId } from "./copyable-id.js";
import { Notice } from "./notice.js";

/** A question that was not answered: why, the request number to hand on, and a second try where it can help. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  const t = useTranslations("failure");
  const data = isConsoleError(error) ? error.data : null;
  const requestId = data?.requestId;

  if (data?.code === "FORBIDDEN") {
    return <Notice icon={IconLock} title={t("forbiddenTitle")} body={t("forbiddenBody")} />;
  }
  if (data?.code === "NOT_FOUND") {
    return <Notice icon={IconZoomExclamation} title={t("notFoundTitle")} body={t("notFoundBody")} />;
  }
  if (data?.code === "BAD_REQUEST") {
    return <Notice icon={IconLinkOff} title={t("badRequestTitle")} body={t("badRequestBody")} />;
  }
  return (
    <Notice
      role="alert"
      tone="bad"
      icon={IconPlugConnectedX}
      title={data ? t("serverTitle") : t("networkTitle")}
      body={data ? t("serverBody") : t("networkBody")}
    >
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} aria-hidden />}
        onClick={onRetry}
      >
        {t("retry")}
      </Button>
      {requestId && (
        <span>
          {t("requestId")} <CopyableId value={requestId} label={t("requestId")} />
        </span>
      )}
    </Notice>
  );
}
