import { IconUsersGroup } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { PersonDetail } from "../../api/types.js";
import { Callout } from "../../ui/callout.js";
import { RelativeTime } from "../../ui/time.js";

/** Two users met on one unionid. Nobody was moved: that is for an operator to decide. */
export function ConflictsCallout({ conflicts }: { conflicts: PersonDetail["conflicts"] }): ReactNode {
  const t = useTranslations("people");
  return (
    <Callout tone="warn" icon={IconUsersGroup} title={t("conflictTitle")}>
      {t("conflictBody")}
      <ul style={{ margin: "6px 0 0", paddingLeft: 18 }}>
        {conflicts.map((conflict) => (
          <li key={conflict.id}>
            <Link
              from="/people"
              to="."
              search={(search) => ({ ...search, open: conflict.otherUserId })}
              resetScroll={false}
              style={{ color: "inherit", overflowWrap: "anywhere" }}
            >
              {conflict.otherUserId}
            </Link>{" "}
            · <RelativeTime at={conflict.createdAt} />
          </li>
        ))}
      </ul>
    </Callout>
  );
}
