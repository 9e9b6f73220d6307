import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { AccessToken } from "../../api/types.js";
import { useNow } from "../../format/use-now.js";
import { Countdown } from "../../ui/time.js";

/** Whether people are affected while no new token can be fetched, and when that is tried again. */
export function ServedUntil({ token }: { token: AccessToken }): ReactNode {
  const t = useTranslations("tokens");
  const format = useFormatter();
  const now = useNow(1000);
  const { expiresAt, retryAt } = token;
  const isServed = expiresAt !== null && Date.parse(expiresAt) > now;
  const isWaiting = retryAt !== null && Date.parse(retryAt) > now;
  return (
    <>
      {isServed
        ? t("stillServed", {
            at: format.dateTime(new Date(expiresAt), {
              hour: "2-digit",
              minute: "2-digit",
              hourCycle: "h23",
            }),
          })
        : t("notServed")}{" "}
      {isWaiting ? t.rich("nextTry", { left: () => <Countdown until={retryAt} /> }) : t("nextTryNow")}
    </>
  );
}
