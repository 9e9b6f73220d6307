import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { SignInRow } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { AppName } from "../../components/wechat-app.js";
import { formatMilliseconds } from "../../format/duration.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable } from "../../ui/data-table.js";
import { RowLink } from "../../ui/row-link.js";
import { RelativeTime } from "../../ui/time.js";

export function SignInsTable({
  signIns,
  stale,
}: {
  signIns: readonly SignInRow[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("signIns");
  const columns: Column<SignInRow>[] = [
    {
      id: "outcome",
      header: t("outcome"),
      cell: (signIn) => (
        <RowLink to="/sign-ins/$id" params={{ id: signIn.id }} resetScroll={true} state={{}}>
          <OutcomeBadge outcome={signIn.outcome} />
        </RowLink>
      ),
    },
    { id: "started", header: t("started"), cell: (signIn) => <RelativeTime at={signIn.createdAt} /> },
    {
      id: "number",
      header: t("requestNumber"),
      cell: (signIn) => <CopyableId value={signIn.id} label={t("requestNumber")} />,
    },
    {
      id: "app",
      header: t("app"),
      cell: (signIn) => <AppName appKey={signIn.appKey} appId={signIn.appId} />,
    },
    { id: "device", header: t("device"), cell: (signIn) => <DeviceName device={signIn.device} /> },
    {
      id: "openid",
      header: "openid",
      cell: (signIn) => (signIn.openid ? <CopyableId value={signIn.openid} label="openid" /> : "–"),
    },
    { id: "took", header: t("took"), align: "right", cell: (signIn) => formatDuration(signIn) },
  ];
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      rows={signIns}
      rowKey={(signIn) => signIn.id}
      stale={stale}
    />
  );
}

/** From the first click to the outcome, the person's own thinking included. */
function formatDuration(signIn: SignInRow): string {
  if (signIn.outcomeAt === null) return "–";
  return formatMilliseconds(Date.parse(signIn.outcomeAt) - Date.parse(signIn.createdAt));
}
