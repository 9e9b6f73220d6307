import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ConflictUser } from "../../api/types.js";
import { Avatar, Nickname } from "../../components/person-name.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { Panel } from "../../ui/panel.js";
import { RelativeTime } from "../../ui/time.js";
import { PersonStatus } from "../people/person-status.js";
import classes from "./conflicts.module.css";

/** One of two people who may be one. The rows are the same on both sides, so that they can be compared. */
export function ConflictSide({
  user,
  unionid = null,
  children,
}: {
  user: ConflictUser;
  /** The unionid on which the two met, if a conflict led here. */
  unionid?: string | null;
  children?: ReactNode;
}): ReactNode {
  const t = useTranslations("conflicts");
  const people = useTranslations("people");
  const nav = useTranslations("nav");
  const { profile, bindings, sessions, signIns, externalIds } = user;
  return (
    <Panel pad>
      <div className={classes.head}>
        <Avatar {...profile} size={40} />
        <div>
          <h2 className={classes.name}>
            <Link to="/people" search={{ open: user.userId }}>
              <Nickname nickname={profile.nickname} />
            </Link>
          </h2>
          <PersonStatus status={user.status} />
        </div>
      </div>
      <Facts
        rows={[
          [people("userId"), <CopyableId key="id" value={user.userId} label={people("userId")} whole />],
          [people("created"), <RelativeTime key="created" at={user.createdAt} />],
          [people("lastSignIn"), <RelativeTime key="last" at={user.lastSignInAt} />],
          [people("sessions"), String(sessions)],
          [nav("signIns"), String(signIns)],
          [
            people("externalIds"),
            externalIds.length === 0
              ? "–"
              : externalIds.map(({ clientId, externalId }) => (
                  <div key={`${clientId} ${externalId}`}>
                    {clientId} <CopyableId value={externalId} label={clientId} whole />
                  </div>
                )),
          ],
        ]}
      />
      <ul className={classes.accounts}>
        {bindings.length === 0 && <li className={classes.muted}>{t("noAccounts")}</li>}
        {bindings.map((binding) => (
          <li key={binding.id}>
            <div className={classes.account}>
              <AppName appKey={binding.appKey} appId={binding.appId} />
              <span className={classes.muted}>
                <Nickname nickname={binding.nickname} />
              </span>
            </div>
            <Facts
              rows={[
                ["openid", <CopyableId key="openid" value={binding.openid} label="openid" whole />],
                [
                  "unionid",
                  binding.unionid === null ? (
                    "–"
                  ) : (
                    <span key="unionid">
                      <CopyableId value={binding.unionid} label="unionid" whole />
                      {binding.unionid === unionid && (
                        <span className={classes.same}>{t("sameUnionid")}</span>
                      )}
                    </span>
                  ),
                ],
                [people("lastSignIn"), <RelativeTime key="last" at={binding.lastSignInAt} />],
              ]}
            />
          </li>
        ))}
      </ul>
      {children}
    </Panel>
  );
}
