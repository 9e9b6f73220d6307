import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AccessToken } from "../../api/types.js";
import { Callout } from "../../ui/callout.js";
import { Requester } from "./requester.js";

/** Who holds the lease: the process that asks WeChat now, and who it asks for. */
export function Fetching({ token }: { token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  const { fetchingUntil, fetchingFor } = token;
  if (fetchingUntil === null) return null;
  if (fetchingFor === null) return t("fetchingElsewhere");
  return t.rich("fetchingFor", { who: () => <Requester by={fetchingFor} /> });
}

/** Another server seems to replace the token. */
export function Clash({ token: { reportedInvalid, forced } }: { token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  if (reportedInvalid + forced === 0) return null;
  return (
    <Callout tone="warning" icon={IconAlertTriangle} title={t("clashTitle")}>
      {t("clash", { count: Math.max(reportedInvalid, forced) })}
    </Callout>
  );
}
