import { IconBan, IconCheck, IconCloudX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AuditEntry } from "../../api/types.js";
import { Nickname } from "../../components/person-name.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { StateBadge } from "../../ui/state-badge.js";
import classes from "./audit.module.css";

export function ResultBadge({ result }: { result: AuditEntry["result"] }): ReactNode {
  const t = useTranslations("audit.results");
  const [tone, icon] = {
    ok: ["success", IconCheck] as const,
    denied: ["error", IconBan] as const,
    refused: ["warning", IconCloudX] as const,
  }[result];
  return (
    <StateBadge tone={tone} icon={icon}>
      {t(result)}
    </StateBadge>
  );
}

/** What is recorded before an operator is known. */
const beforeSignIn = [
  "operator.sign_in",
  "operator.redeem_link",
  "operator.sign_in_flood",
  "operator.redeem_link_flood",
];

/** Who acted: an operator, a host application, a visitor who is not signed in, or the server and its commands. */
export function Actor({ entry: { actor, event } }: { entry: AuditEntry }): ReactNode {
  const t = useTranslations("audit");
  if (actor === null) {
    return <span className={classes.muted}>{t(beforeSignIn.includes(event) ? "visitor" : "server")}</span>;
  }
  if (actor.kind === "host") return <bdi>{t("host", { name: actor.name ?? actor.id })}</bdi>;
  return actor.name === null ? (
    <span className={classes.muted}>{t("unknownOperator")}</span>
  ) : (
    <bdi>{actor.name}</bdi>
  );
}

const isLong = (target: string): boolean => target.length > 24;

/** To whom or what it was done: a person leads to their page. */
export function Target({ entry: { target, targetName, person } }: { entry: AuditEntry }): ReactNode {
  const t = useTranslations("audit");
  if (person) {
    return (
      <Link to="/people" search={{ open: person.userId }} className={classes.person}>
        {person.nickname === null ? t("nameless") : <Nickname nickname={person.nickname} clip />}
        <bdi className={classes.tail}>{person.userId.slice(-8)}</bdi>
      </Link>
    );
  }
  if (target === null) return "–";
  if (targetName !== null) return <bdi>{targetName}</bdi>;
  // A name or an appid is short enough to be read.
  return isLong(target) ? <CopyableId value={target} label={t("target")} /> : <bdi>{target}</bdi>;
}
