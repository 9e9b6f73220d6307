import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { isConsoleError } from "../api/client.js";
import { Callout } from "./callout.js";
import { CopyableId } from "./copyable-id.js";

/** Over rows that were read before: the last try to read them again failed. */
export function RefetchError({ query }: { query: UseQueryResult<unknown, unknown> }): ReactNode {
  const t = useTranslations("failure");
  if (!query.isRefetchError) return null;
  const requestId = isConsoleError(query.error) ? query.error.data?.requestId : undefined;
  return (
    <Callout tone="warn" icon={IconAlertTriangle} role="alert">
      {t("refreshFailed")}{" "}
      {requestId && (
        <>
          {t("requestId")} <CopyableId value={requestId} label={t("requestId")} />{" "}
        </>
      )}
      <Button variant="default" size="compact-xs" onClick={() => void query.refetch()}>
        {t("retry")}
      </Button>
    </Callout>
  );
}
