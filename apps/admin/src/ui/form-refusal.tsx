import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { isConsoleError } from "../api/client.js";
import { Callout } from "./callout.js";
import { CopyableId } from "./copyable-id.js";

// The refusals that the api names for a form; all other answers are told by their kind.
const namedRefusals = ["wrong_credentials", "link_invalid", "password_unfit", "username_unfit"] as const;

/** Why a form was not accepted, and for a fault of the server the number to hand on. */
export function FormError({
  error,
  wrongCredentials,
}: {
  error: unknown;
  /** What to say of a wrong password where no username was asked for. */
  wrongCredentials?: string;
}): ReactNode {
  const t = useTranslations("failure");
  const refusals = useTranslations("refusal");
  const data = isConsoleError(error) ? error.data : null;
  const named = namedRefusals.find((refusal) => refusal === data?.appCode);
  return (
    <Callout tone="bad" icon={IconAlertTriangle} role="alert">
      {words()}
      {data?.requestId && data.httpStatus >= 500 && (
        <div>
          {t("requestId")} <CopyableId value={data.requestId} label={t("requestId")} />
        </div>
      )}
    </Callout>
  );

  function words(): string {
    if (named === "wrong_credentials" && wrongCredentials) return wrongCredentials;
    if (named) return refusals(named);
    if (!data) return t("networkBody");
    switch (data.code) {
      case "TOO_MANY_REQUESTS":
        return t("tooMany");
      case "FORBIDDEN":
        return t("forbiddenBody");
      case "BAD_REQUEST":
        return t("badFormBody");
      default:
        return t("serverBody");
    }
  }
}
