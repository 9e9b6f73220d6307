import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AppToken, AppTokenKind } from "../../api/types.js";

/** How many host applications were given the token today, or signatures that were made with the ticket. */
export function TokenUsers({ app, kind }: { app: AppToken; kind: AppTokenKind }): ReactNode {
  const t = useTranslations("tokens");
  const handOut = kind === "access_token" ? "access_token" : "js_sdk_signature";
  const rows = app.handedOutToday.filter((row) => row.kind === handOut);
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  return t("users", { hosts: rows.length, count });
}
