import { Progress } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AccessToken, AppToken } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { useNow } from "../../format/use-now.js";
import { useLanguage } from "../../language/use-language.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Countdown, RelativeTime } from "../../ui/time.js";
import classes from "./app-token-card.module.css";
import { RefreshButton } from "./refresh-button.js";
import { Requester } from "./requester.js";
import { ServedUntil } from "./served-until.js";
import { Clash, Fetching } from "./token-notes.js";
import { AppTokenState } from "./token-states.js";

/** One app's global access token. The token itself never reaches the browser; its fingerprint identifies it. */
export function AppTokenCard({ app }: { app: AppToken }): ReactNode {
  const t = useTranslations("tokens");
  const kinds = useTranslations("appKind");
  const people = useTranslations("people");
  const token = app.accessToken;
  return (
    <article className={classes.card} data-state={token?.state} data-plain={token === null || undefined}>
      <header className={classes.head}>
        <div>
          <h3>
            <bdi>{app.key}</bdi>
          </h3>
          <div className={classes.kind}>{kinds(app.kind)}</div>
          <div className={classes.kind}>
            <CopyableId value={app.appId} label={people("appId")} whole />
          </div>
        </div>
        {token && <AppTokenState state={token.state} />}
      </header>
      {token === null ? (
        <p className={classes.noToken}>{t("noGlobalToken")}</p>
      ) : (
        <>
          <TimeLeft token={token} />
          {token.lastErrcode !== null && <LastError appId={app.appId} token={token} />}
          <Clash token={token} />
          <TokenFacts token={token} />
          <Ticket ticket={app.jsapiTicket} />
          <HandedOut rows={app.handedOutToday} />
          <div className={classes.actions}>
            <RefreshButton app={app} kind="access_token" />
            <AppLink appId={app.appId} label={t("detailsOf", { app: app.key })}>
              {t("details")}
            </AppLink>
          </div>
        </>
      )}
    </article>
  );
}

/** Opens the drawer of an app. */
function AppLink({
  appId,
  label,
  children,
}: {
  appId: string;
  label?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <Link
      from="/tokens"
      to="."
      search={(search) => ({ ...search, app: appId, open: undefined })}
      state={true}
      resetScroll={false}
      aria-label={label}
      className={classes.link}
    >
      {children}
    </Link>
  );
}

function TokenFacts({ token }: { token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  const { fetchesToday: count, dailyQuota: quota } = token;
  if (token.fetchedAt === null && count === 0) return null;
  return (
    <Facts
      rows={[
        [t("requestedBy"), token.requestedBy && <Requester key="by" by={token.requestedBy} />],
        [t("fetchedAt"), token.fetchedAt && <RelativeTime key="at" at={token.fetchedAt} />],
        [t("today"), quota === null ? t("fetches", { count }) : t("fetchesOf", { count, quota })],
        [t("fingerprint"), token.fingerprint && <code key="print">{token.fingerprint}</code>],
        [t("generation"), token.generation === 0 ? null : String(token.generation)],
      ]}
    />
  );
}

/** The ticket that signs pages, in one line: it is fetched with the token, and when a page is first signed. */
function Ticket({ ticket }: { ticket: AppToken["jsapiTicket"] }): ReactNode {
  const t = useTranslations("tokens");
  if (!ticket || ticket.state === "none") return null;
  return (
    <div className={classes.ticket}>
      <span>{t("kind.jsapi_ticket")}</span>
      {ticket.expiresAt !== null && <Countdown until={ticket.expiresAt} />}
      <AppTokenState state={ticket.state} />
    </div>
  );
}

/** Which host applications were given the token, or a signature made with it, today (UTC). */
function HandedOut({ rows }: { rows: AppToken["handedOutToday"] }): ReactNode {
  const t = useTranslations("tokens");
  if (rows.length === 0) return null;
  return (
    <div className={classes.handedOut}>
      <h4>{t("handedOutToday")}</h4>
      <ul>
        {rows.map(({ clientId, kind, count }) => (
          <li key={`${clientId} ${kind}`}>
            <bdi>{clientId}</bdi> · {t(`handOut.${kind}`, { count })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function TimeLeft({ token }: { token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  const now = useNow(1000);
  if (token.expiresAt === null) {
    if (token.fetchingUntil === null && token.lastErrcode !== null) return null;
    return (
      <p className={classes.noToken}>
        {token.fetchingUntil === null ? t("nothingFetched") : <Fetching token={token} />}
      </p>
    );
  }
  const endsAt = Date.parse(token.expiresAt);
  const lifeMs = endsAt - (token.fetchedAt === null ? endsAt : Date.parse(token.fetchedAt));
  const share = lifeMs > 0 ? Math.max(0, Math.min(1, (endsAt - now) / lifeMs)) : 0;
  // While it can be served no person is affected, also where the next one cannot be fetched.
  const color = endsAt <= now ? "red" : token.state === "fresh" ? "green" : "yellow";
  return (
    <div className={classes.timeLeft}>
      <span className={classes.countdown}>
        <Countdown until={token.expiresAt} />
      </span>
      <span className={classes.timeLeftLabel}>{endsAt > now && t("timeLeft")}</span>
      <Progress
        value={share * 100}
        color={color}
        size={4}
        aria-label={t("timeLeftShare")}
        className={classes.bar ?? ""}
      />
      {token.fetchingUntil !== null && (
        <span className={classes.timeLeftLabel}>
          <Fetching token={token} />
        </span>
      )}
    </div>
  );
}

function LastError({ appId, token }: { appId: string; token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  const { language } = useLanguage();
  const { explanation } = token;
  return (
    <div className={classes.error}>
      <p className={classes.served}>
        <ServedUntil token={token} />
      </p>
      <div className={classes.errorHead}>
        <IconAlertTriangle size={16} stroke={1.9} aria-hidden />
        <Errcode errcode={token.lastErrcode ?? ""} name={explanation?.name ?? null} />
        <span>
          <RelativeTime at={token.lastFailureAt} />
          {token.failuresInRow > 1 && <> · {t("consecutiveFailures", { count: token.failuresInRow })}</>}
        </span>
      </div>
      {explanation && <p>{explanation.meaning[language]}</p>}
      {token.refusedAddress !== null && (
        <p>
          {t("refusedAddress")}: <CopyableId value={token.refusedAddress} label="IP" whole />
        </p>
      )}
      {explanation && <AppLink appId={appId}>{t("whatToDo")}</AppLink>}
    </div>
  );
}
