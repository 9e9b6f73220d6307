import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Session } from "../../api/rows.js";
import { DeviceName } from "../../components/device-name.js";
import { When } from "../../components/when.js";
import classes from "./people.module.css";

export function PersonSessions({ sessions }: { sessions: readonly Session[] }): ReactNode {
  const t = useTranslations("people");
  return (
    <ul className={classes.sessions}>
      {sessions.map((session) => (
        <li key={session.id}>
          <span>
            <DeviceName device={session.device} />
            {session.ip && <> · {session.ip}</>}
          </span>
          <span className={classes.quiet}>
            {t("lastSeen")} <When at={session.lastSeenAt} /> · {t("endsAt")} <When at={session.expiresAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
