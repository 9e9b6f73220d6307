import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AppToken, AppTokenKind } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { ExplanationPanel } from "../../components/explanation.js";
import { Callout } from "../../ui/callout.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { ExactTime } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import { tokenOf } from "./app-token-cache.js";
import classes from "./app-token-view.module.css";
import { FetchHistory } from "./fetch-history.js";
import { InvalidateButton } from "./invalidate-button.js";
import { RefreshButton } from "./refresh-button.js";
import { Requester } from "./requester.js";
import { ServedUntil } from "./served-until.js";
import { Clash, Fetching } from "./token-notes.js";
import { AppTokenState } from "./token-states.js";

/** An app's token and ticket: why one cannot be fetched and what to do, where it came from, and what an operator can do. */
export function AppTokenView({ app }: { app: AppToken }): ReactNode {
  const people = useTranslations("people");
  return (
    <>
      <Facts
        rows={[
          [people("app"), <bdi key="key">{app.key}</bdi>],
          [people("appId"), <CopyableId key="id" value={app.appId} label={people("appId")} whole />],
        ]}
      />
      {app.accessToken && <TokenSection app={app} kind="access_token" />}
      {app.jsapiTicket && <TokenSection app={app} kind="jsapi_ticket" />}
    </>
  );
}

function TokenSection({ app, kind }: { app: AppToken; kind: AppTokenKind }): ReactNode {
  const t = useTranslations("tokens");
  const token = tokenOf(app, kind);
  if (!token) return null;
  const { fetchesToday: count, dailyQuota: quota } = token;
  return (
    <section className={classes.token}>
      <header className={classes.head}>
        <h3>{t(`kind.${kind}`)}</h3>
        <AppTokenState state={token.state} />
      </header>
      {token.lastErrcode !== null && (
        <>
          <Callout tone="error" icon={IconAlertTriangle}>
            <ServedUntil token={token} />
          </Callout>
          <Facts
            rows={[
              [
                "errcode",
                <Errcode key="e" errcode={token.lastErrcode} name={token.explanation?.name ?? null} />,
              ],
              [
                t("refusedAddress"),
                token.refusedAddress && <CopyableId key="ip" value={token.refusedAddress} label="IP" whole />,
              ],
              [t("errmsg"), token.errmsg && <UntrustedText key="errmsg" text={token.errmsg} />],
              [t("lastFailureAt"), <ExactTime key="at" at={token.lastFailureAt} />],
              [t("failuresInRow"), String(token.failuresInRow)],
            ]}
          />
          {token.explanation && <ExplanationPanel explanation={token.explanation} />}
        </>
      )}
      <Clash token={token} />
      <Facts
        rows={[
          [t("now"), token.fetchingUntil === null ? null : <Fetching key="now" token={token} />],
          [t("expiresAt"), token.expiresAt && <ExactTime key="ends" at={token.expiresAt} />],
          [t("fetchedAt"), token.fetchedAt && <ExactTime key="fetched" at={token.fetchedAt} />],
          [t("requestedBy"), token.requestedBy && <Requester key="by" by={token.requestedBy} />],
          [t("today"), quota === null ? t("fetches", { count }) : t("fetchesOf", { count, quota })],
          [t("fingerprint"), token.fingerprint && <code key="print">{token.fingerprint}</code>],
          [t("generation"), token.generation === 0 ? null : String(token.generation)],
          [t("source"), <code key="source">{token.source}</code>],
        ]}
      />
      <div className={classes.acts}>
        <RefreshButton app={app} kind={kind} />
        <InvalidateButton app={app} kind={kind} />
      </div>
      <h4>{t("history")}</h4>
      <FetchHistory appId={app.appId} kind={kind} />
    </section>
  );
}
