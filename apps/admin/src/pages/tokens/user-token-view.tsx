import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { Nickname } from "../../components/person-name.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";
import { UserTokenState } from "./token-states.js";

/** Both tokens of one binding: when they expire, and what that means for the person. */
export function UserTokenView({ bindingId }: { bindingId: string }): ReactNode {
  const t = useTranslations("tokens");
  const people = useTranslations("people");
  const token = useQuery(trpc.tokens.getUser.queryOptions({ bindingId }));
  return (
    <QueryBoundary query={token}>
      {(found) => (
        <>
          <UserTokenState state={found.state} />
          <p style={{ margin: "8px 0 16px" }}>{t(`userStateMeaning.${found.state}`)}</p>
          <Facts
            rows={[
              [people("nickname"), <Nickname key="nickname" nickname={found.nickname} />],
              ["openid", <CopyableId key="openid" value={found.openid} label="openid" whole />],
              [
                people("userId"),
                <CopyableId key="user" value={found.userId} label={people("userId")} whole />,
              ],
              [people("app"), <AppName key="app" appKey={found.appKey} appId={found.appId} />],
              ["scope", <code key="scope">{found.scope}</code>],
              [t("accessExpires"), <ExactTime key="access" at={found.expiresAt} />],
              [t("refreshExpires"), <ExactTime key="refresh" at={found.refreshExpiresAt} />],
              [t("updatedAt"), <ExactTime key="updated" at={found.updatedAt} />],
            ]}
          />
          <p>
            <Link
              to="/people"
              search={{ open: found.userId }}
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
