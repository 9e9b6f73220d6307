import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { PersonDetail } from "../api/types.js";
import { RelativeTime } from "../ui/time.js";
import { DeviceName } from "./device-name.js";
import classes from "./link-rows.module.css";
import { OutcomeBadge } from "./outcome-badge.js";
import { AppName } from "./wechat-app.js";

/** A short list of one person's sign-ins that open their pages. Those that are only probably theirs say so. */
export function SignInLinks({ signIns }: { signIns: PersonDetail["signIns"] }): ReactNode {
  const t = useTranslations("people");
  return (
    <ul className={classes.rows}>
      {signIns.map((signIn) => (
        <li key={signIn.id}>
          <Link to="/sign-ins/$id" params={{ id: signIn.id }} className={classes.row}>
            <span className={classes.main}>
              <OutcomeBadge outcome={signIn.outcome} />
              {signIn.browserUserId !== null && (
                <span className={classes.muted} title={t("probablyReason")}>
                  {t("probably")}
                </span>
              )}
              <AppName appKey={signIn.appKey} appId={signIn.appId} />
              <span className={classes.muted}>
                <DeviceName device={signIn.device} />
              </span>
            </span>
            <span className={classes.aside}>
              <RelativeTime at={signIn.createdAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
