import { IconAlertTriangle, IconBan } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { PersonDetail } from "../../api/types.js";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { Callout } from "../../ui/callout.js";
import { RelativeTime } from "../../ui/time.js";

/** What stands between this person and a session, when something does: a block, or how their last try ended. */
export function SignInStatusCallout({ person }: { person: PersonDetail }): ReactNode {
  const t = useTranslations("people");
  const last = person.signIns[0];
  if (person.status === "blocked") {
    return (
      <Callout tone="bad" icon={IconBan} title={t("isBlockedTitle")}>
        {t("isBlockedBody")}
      </Callout>
    );
  }
  if (!last || last.outcome === "signed_in" || last.outcome === null) return null;
  return (
    <Callout tone="warn" icon={IconAlertTriangle} title={t("lastTryTitle")}>
      <OutcomeBadge outcome={last.outcome} /> <RelativeTime at={last.createdAt} /> ·{" "}
      <Link
        to="/sign-ins/$id"
        params={{ id: last.id }}
        style={{ color: "inherit", textDecoration: "underline" }}
      >
        {t("lastTryLink")}
      </Link>
    </Callout>
  );
}
