import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTimeZone, useTranslations } from "use-intl";
import type { FailureDetail } from "../../api/types.js";
import { formatExactTime } from "../../format/time.js";

/** Copies the failed call as plain text for WeChat's support or a colleague: nothing in it says who the person is. */
export function CopyTicket({ failure }: { failure: FailureDetail }): ReactNode {
  const t = useTranslations("errorCall");
  const timeZone = useTimeZone() ?? "UTC";
  const clipboard = useClipboard({ timeout: 1500 });
  const { id, signInId, at, appKey, appId, endpoint, errcode, name, errmsg, rid, attempt, answer } = failure;
  const lines: [string, string | null][] = [
    [t("ticket.number"), signInId ?? id],
    [t("ticket.time"), formatExactTime(new Date(at), timeZone)],
    [t("ticket.app"), appKey === null ? appId : `${appKey} (${appId})`],
    [t("ticket.call"), endpoint],
    ["errcode", name === null ? errcode : `${errcode} (${name})`],
    [t("ticket.said"), errmsg],
    ["rid", rid],
    [t("ticket.attempt"), String(attempt)],
    [t("ticket.duration"), `${failure.latencyMs} ms`],
    [t("ticket.answer"), answer && `HTTP ${answer.httpStatus} ${answer.body}`],
  ];
  const text = lines.flatMap(([label, value]) => (value ? `${label}: ${value}` : [])).join("\n");
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={
        clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
      }
      onClick={() => clipboard.copy(text)}
    >
      {clipboard.error ? t("copyFailed") : clipboard.copied ? t("copied") : t("copyTicket")}
    </Button>
  );
}
