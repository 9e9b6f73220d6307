import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import { shortenMiddle } from "../format/text.js";
import { SelectFilter } from "../ui/filters.js";

/** The app's key from the settings, or its WeChat id once it has been removed from them. */
export function AppName({ appKey, appId }: { appKey: string | null; appId: string }): ReactNode {
  return <bdi title={appId}>{appKey ?? shortenMiddle(appId)}</bdi>;
}

export function AppFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (appId: string | undefined) => void;
}): ReactNode {
  const t = useTranslations("filters");
  const apps = useQuery(trpc.apps.list.queryOptions(undefined, { staleTime: 60_000 }));
  const options = (apps.data?.items ?? []).map((app) => ({ value: app.appId, label: app.key }));
  return (
    <SelectFilter label={t("app")} all={t("allApps")} options={options} value={value} onChange={onChange} />
  );
}
