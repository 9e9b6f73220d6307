import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { Nickname } from "../../components/person-name.js";
import { Scope } from "../../components/scope.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";
import { UserTokenState } from "./token-states.js";
import { UserTokenActs } from "./user-token-acts.js";

/** Both tokens of one binding: when they expire, and what that means for the person. */
export function UserTokenView({ bindingId, onClose }: { bindingId: string; onClose: () => void }): ReactNode {
  const t = useTranslations("tokens");
  const people = useTranslations("people");
  const query = useQuery(trpc.tokens.getUser.queryOptions({ bindingId }));
  return (
    <QueryBoundary query={query}>
      {(token) => (
        <>
          <UserTokenState state={token.state} />
          <p style={{ margin: "8px 0 16px" }}>{t(`userStateMeaning.${token.state}`)}</p>
          <Facts
            rows={[
              [people("nickname"), <Nickname key="nickname" nickname={token.nickname} />],
              ["openid", <CopyableId key="openid" value={token.openid} label="openid" whole />],
              [
                people("userId"),
                <CopyableId key="user" value={token.userId} label={people("userId")} whole />,
              ],
              [people("app"), <AppName key="app" appKey={token.appKey} appId={token.appId} />],
              ["scope", <Scope key="scope" scope={token.scope} />],
              [t("accessExpires"), <ExactTime key="access" at={token.expiresAt} />],
              [
                t("refreshExpires"),
                token.refreshExpiresAt === null ? (
                  t("noRefreshToken")
                ) : (
                  <ExactTime key="refresh" at={token.refreshExpiresAt} />
                ),
              ],
              [t("updatedAt"), <ExactTime key="updated" at={token.updatedAt} />],
              [
                t(token.state === "refused" ? "checkedAt" : "notCheckedSince"),
                <ExactTime key="checked" at={token.checkedAt} />,
              ],
              ["errcode", /\d/.test(token.refusedErrcode ?? "") ? token.refusedErrcode : null],
            ]}
          />
          <UserTokenActs token={token} onForgotten={onClose} />
          <p>
            <Link
              to="/people"
              search={{ open: token.userId }}
              style={{ color: "var(--mantine-color-anchor)", fontWeight: 500 }}
            >
              {t("toPerson")}
            </Link>
          </p>
        </>
      )}
    </QueryBoundary>
  );
}
