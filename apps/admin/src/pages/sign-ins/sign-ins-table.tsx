import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { SignInRow } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { PersonLink } from "../../components/person-link.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { RelativeTime, useFormatDuration } from "../../ui/time.js";
import { useColumnChoice } from "../../ui/use-column-choice.js";
import { durationMsOf } from "./duration.js";

export function SignInsTable({
  signIns,
  stale,
}: {
  signIns: readonly SignInRow[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("signIns");
  const formatDuration = useFormatDuration();
  const choice = useColumnChoice("sign-ins");
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
    {
      id: "person",
      header: t("person"),
      cell: ({ person }) => <PersonLink person={person} none={t("personUnknown")} />,
    },
    {
      id: "app",
      header: t("app"),
      phone: "aside",
      cell: (signIn) => <AppName appKey={signIn.appKey} appId={signIn.appId} />,
    },
    {
      id: "started",
      header: t("started"),
      phone: "aside",
      cell: (signIn) => <RelativeTime at={signIn.createdAt} />,
    },
    {
      id: "number",
      header: t("requestNumber"),
      onlyWide: true,
      cell: (signIn) => <CopyableId value={signIn.id} label={t("requestNumber")} />,
    },
    {
      id: "device",
      header: t("device"),
      onlyWide: true,
      cell: (signIn) => <DeviceName device={signIn.device} />,
    },
    {
      id: "openid",
      header: "openid",
      onlyWide: true,
      cell: (signIn) => (signIn.openid ? <CopyableId value={signIn.openid} label="openid" /> : "–"),
    },
    {
      id: "duration",
      header: t("duration"),
      align: "right",
      phone: "none",
      cell: (signIn) => {
        const durationMs = durationMsOf(signIn);
        return durationMs === null ? "–" : formatDuration(durationMs);
      },
    },
  ];
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      choice={choice}
      rows={signIns}
      rowKey={(signIn) => signIn.id}
      stale={stale}
    />
  );
}
