import { IconAlertTriangle, IconArrowsJoin2, IconBan, IconUsersGroup } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Outcome, PersonDetail } from "../../api/types.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { Callout } from "../../ui/callout.js";
import { RelativeTime } from "../../ui/time.js";

const linkStyle = { color: "inherit", textDecoration: "underline" } as const;

/** The person is signed in, or was while they tried to add a WeChat account of another person. */
const harmless: ReadonlySet<Outcome> = new Set(["signed_in", "bound", "bound_elsewhere"]);

/** Why this person cannot sign in: they are blocked, or their last sign-in did not succeed. Nothing otherwise. */
export function SignInStatusCallout({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("people");
  const last = person.signIns[0];
  if (person.status === "blocked") {
    return (
      <Callout tone="error" icon={IconBan} title={t("blockedTitle")}>
        {t("blockedBody")}{" "}
        <Link
          to="/audit"
          search={{ target: person.userId, event: "people.block", range: "all" }}
          style={linkStyle}
        >
          {t("blockedLink")}
        </Link>
      </Callout>
    );
  }
  if (!last || last.outcome === null || harmless.has(last.outcome)) return null;
  return (
    <Callout
      tone="warning"
      icon={IconAlertTriangle}
      title={t(last.browserUserId === null ? "lastAttemptTitle" : "lastAttemptProbablyTitle")}
    >
      <OutcomeBadge outcome={last.outcome} /> <RelativeTime at={last.createdAt} /> ·{" "}
      <Link to="/sign-ins/$id" params={{ id: last.id }} style={linkStyle}>
        {t("lastAttemptLink")}
      </Link>
    </Callout>
  );
}

/** Another user has the same unionid. The system never merges them; an operator decides. */
export function ConflictsCallout({ conflicts }: { conflicts: PersonDetail["conflicts"] }): ReactNode {
  const t = useTranslations("people");
  return (
    <Callout tone="warning" icon={IconUsersGroup} title={t("conflictTitle")}>
      {t("conflictBody")}
      <ul style={{ margin: "6px 0 0", paddingLeft: 18 }}>
        {conflicts.map(({ id, createdAt, otherUserId }) => (
          <li key={id}>
            <Link to="/conflicts/$id" params={{ id }} style={linkStyle}>
              {t("conflictLink")}
            </Link>{" "}
            · <bdi>{otherUserId.slice(-8)}</bdi> · <RelativeTime at={createdAt} />
          </li>
        ))}
      </ul>
    </Callout>
  );
}

/** The address names a user who was merged: the page shows whom they became. */
export function MergedFromCallout({ mergedFrom }: { mergedFrom: string }): ReactNode {
  const t = useTranslations("people");
  return (
    <Callout tone="info" icon={IconArrowsJoin2} title={t("mergedFromTitle")}>
      {t.rich("mergedFromBody", { id: () => <code key="id">{mergedFrom}</code> })}
    </Callout>
  );
}
