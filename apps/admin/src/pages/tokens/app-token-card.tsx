import { Button, Progress } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AccessToken, AppToken } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { useNow } from "../../format/use-now.js";
import { useLanguage } from "../../language/use-language.js";
import { useOperator } from "../../shell/use-operator.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Countdown, RelativeTime } from "../../ui/time.js";
import classes from "./app-token-card.module.css";
import { RefreshDialog } from "./refresh-dialog.js";
import { AppTokenState } from "./token-states.js";

/** One app's global access token. The token itself never reaches the browser; its fingerprint identifies it. */
export function AppTokenCard({ app }: { app: AppToken }): ReactNode {
  const t = useTranslations("tokens");
  const kinds = useTranslations("appKind");
  const people = useTranslations("people");
  const role = useOperator()?.role;
  const [dialogOpened, dialog] = useDisclosure(false);
  const token = app.accessToken;
  return (
    <article className={classes.card} data-state={token?.state}>
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
          {token.fetchedAt !== null && (
            <Facts
              rows={[
                [
                  t("fingerprint"),
                  token.fingerprint === null ? "–" : <code key="f">{token.fingerprint}</code>,
                ],
                [t("generation"), String(token.generation)],
                [t("source"), <code key="s">{token.source}</code>],
                [t("fetchedAt"), <RelativeTime key="a" at={token.fetchedAt} />],
                [t("requestedBy"), requester(token.requestedBy)],
              ]}
            />
          )}
          <HandedOut rows={app.handedOutToday} />
          {token.lastErrcode !== null && <LastError appId={app.appId} token={token} />}
          {role !== undefined && role !== "viewer" && (
            <div className={classes.actions}>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconRefresh size={14} aria-hidden />}
                onClick={dialog.open}
                aria-label={t("refreshNowOf", { app: app.key })}
              >
                {t("refreshNow")}
              </Button>
            </div>
          )}
          <RefreshDialog app={app} opened={dialogOpened} onClose={dialog.close} />
        </>
      )}
    </article>
  );

  // The api records "schedule" for its own refreshes, and otherwise an operator's username.
  function requester(requestedBy: string | null): ReactNode {
    if (requestedBy === null) return "–";
    return requestedBy === "schedule" ? t("automatic") : <bdi>{requestedBy}</bdi>;
  }
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
  if (token.expiresAt === null) return <p className={classes.noToken}>{t("nothingFetched")}</p>;
  const endsAt = Date.parse(token.expiresAt);
  const lifeMs = endsAt - (token.fetchedAt === null ? endsAt : Date.parse(token.fetchedAt));
  const share = lifeMs > 0 ? Math.max(0, Math.min(1, (endsAt - now) / lifeMs)) : 0;
  const color = token.state === "fresh" ? "green" : token.state === "near_expiry" ? "yellow" : "red";
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
    </div>
  );
}

function LastError({ appId, token }: { appId: string; token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  const { language } = useLanguage();
  const { explanation } = token;
  return (
    <div className={classes.error}>
      <div className={classes.errorHead}>
        <IconAlertTriangle size={16} stroke={1.9} aria-hidden />
        <Errcode errcode={token.lastErrcode ?? ""} name={explanation?.name ?? null} />
        <span>
          <RelativeTime at={token.lastFailureAt} />
          {token.failuresInRow > 1 && <> · {t("consecutiveFailures", { count: token.failuresInRow })}</>}
        </span>
      </div>
      {explanation && (
        <>
          <p>{explanation.meaning[language]}</p>
          <Link
            from="/tokens"
            to="."
            search={(search) => ({ ...search, app: appId, open: undefined })}
            state={true}
            resetScroll={false}
          >
            {t("whatToDo")}
          </Link>
        </>
      )}
    </div>
  );
}
