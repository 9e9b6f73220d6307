import { IconBan, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { OperatorRow } from "../../api/types.js";
import { useIsOwner, useOperator } from "../../shell/use-operator.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { StateBadge } from "../../ui/state-badge.js";
import { ExactTime } from "../../ui/time.js";
import { OperatorActs } from "./operator-acts.js";
import classes from "./operators.module.css";

/** One operator in the drawer. */
export function OperatorView({ operator }: { operator: OperatorRow }): ReactNode {
  const t = useTranslations("operators");
  const isOwner = useIsOwner();
  const isMe = useOperator()?.id === operator.id;
  const { id, username, role, status, sessions, factors, lastSeenAt, createdAt } = operator;
  return (
    <>
      {isOwner && !isMe && <OperatorActs operator={operator} />}
      <Facts
        rows={[
          [
            t("name"),
            <span key="name" className={classes.name}>
              <bdi>{username}</bdi>
              {isMe && <span className={classes.muted}>{t("you")}</span>}
            </span>,
          ],
          [t("role"), `${t(`roles.${role}`)} · ${t(`roleMeaning.${role}`)}`],
          [
            t("status"),
            status === "active" ? (
              <StateBadge key="status" tone="success" icon={IconCheck}>
                {t("active")}
              </StateBadge>
            ) : (
              <StateBadge key="status" tone="error" icon={IconBan}>
                {t("disabled")}
              </StateBadge>
            ),
          ],
          [t("factors"), t("factorCount", { count: factors })],
          [t("sessions"), t("browsers", { count: sessions })],
          [t("lastSeen"), <ExactTime key="seen" at={lastSeenAt} />],
          [t("created"), <ExactTime key="created" at={createdAt} />],
          [t("id"), <CopyableId key="id" value={id} label={t("id")} whole />],
        ]}
      />
      <p className={classes.more}>
        <Link to="/audit" search={{ operatorId: id, range: "all" }}>
          {t("history")}
        </Link>
      </p>
    </>
  );
}
