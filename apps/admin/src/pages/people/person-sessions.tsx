import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Session } from "../../api/types.js";
import { DeviceName } from "../../components/device-name.js";
import { RelativeTime } from "../../ui/time.js";
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
            {t("lastSeen")} <RelativeTime at={session.lastSeenAt} /> · {t("endsAt")}{" "}
            <RelativeTime at={session.expiresAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
