import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AppToken } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { ExplanationPanel } from "../../components/explanation.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { ExactTime } from "../../ui/time.js";

/** Why the app's token cannot be fetched, and what to do. */
export function AppTokenView({ app }: { app: AppToken }): ReactNode {
  const t = useTranslations("tokens");
  const people = useTranslations("people");
  const token = app.accessToken;
  return (
    <>
      {token?.explanation && <ExplanationPanel explanation={token.explanation} />}
      <div style={{ marginTop: 16 }}>
        <Facts
          rows={[
            [people("app"), <bdi key="key">{app.key}</bdi>],
            [people("appId"), <CopyableId key="id" value={app.appId} label={people("appId")} whole />],
            [
              "errcode",
              token?.lastErrcode == null ? null : (
                <Errcode key="code" errcode={token.lastErrcode} name={token.explanation?.name ?? null} />
              ),
            ],
            [t("lastFailureAt"), token ? <ExactTime key="at" at={token.lastFailureAt} /> : null],
            [t("failuresInRow"), token ? String(token.failuresInRow) : null],
            [t("expiresAt"), token ? <ExactTime key="ends" at={token.expiresAt} /> : null],
          ]}
        />
      </div>
    </>
  );
}
