import { Button } from "@mantine/core";
import {
  IconAlertTriangle,
  IconLinkOff,
  IconLock,
  IconPlugConnectedX,
  IconRefresh,
  IconZoomExclamation,
} from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { appCodeOf, type ConsoleError, isConsoleError } from "../api/client.js";
import { PasskeyError } from "../api/passkey-error.js";
import { Callout } from "./callout.js";
import { CopyableId } from "./copyable-id.js";
import { Notice } from "./notice.js";

/** In place of data that could not be loaded: the reason, the request number, and a retry where it can help. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  const t = useTranslations("errorMessage");
  const data = isConsoleError(error) ? error.data : null;

  if (data?.code === "FORBIDDEN") {
    return <Notice icon={IconLock} title={t("forbiddenTitle")} body={t("forbiddenBody")} />;
  }
  if (data?.code === "NOT_FOUND") {
    return <Notice icon={IconZoomExclamation} title={t("notFoundTitle")} body={t("notFoundBody")} />;
  }
  if (data?.code === "BAD_REQUEST") {
    return <Notice icon={IconLinkOff} title={t("badRequestTitle")} body={t("badRequestBody")} />;
  }
  const reason = reasonOf(data);
  return (
    <Notice
      role="alert"
      tone={reason === "busy" || reason === "tooSlow" ? "neutral" : "error"}
      icon={IconPlugConnectedX}
      title={t(`${reason}Title`)}
      body={t(`${reason}Body`)}
    >
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} aria-hidden />}
        onClick={onRetry}
      >
        {t("retry")}
      </Button>
      {data?.requestId && (
        <span>
          <RequestNumber value={data.requestId} />
        </span>
      )}
    </Notice>
  );
}

function reasonOf(data: ConsoleError["data"] | null): "busy" | "tooSlow" | "server" | "network" {
  if (data?.appCode === "too_many_lists") return "busy";
  if (data?.appCode === "list_too_slow") return "tooSlow";
  return data ? "server" : "network";
}

/** Above data that was loaded earlier: the latest refetch failed. */
export function RefetchError({ query }: { query: UseQueryResult<unknown, unknown> }): ReactNode {
  const t = useTranslations("errorMessage");
  if (!query.isRefetchError) return null;
  const requestId = isConsoleError(query.error) ? query.error.data?.requestId : undefined;
  return (
    <Callout tone="warning" icon={IconAlertTriangle} role="alert">
      {t("refreshFailed")}{" "}
      {requestId && (
        <>
          <RequestNumber value={requestId} />{" "}
        </>
      )}
      <Button variant="default" size="compact-xs" onClick={() => void query.refetch()}>
        {t("retry")}
      </Button>
    </Callout>
  );
}

// The api names these reasons; every other error is described by its tRPC code.
const namedErrors = [
  "wrong_credentials",
  "link_invalid",
  "password_unfit",
  "username_unfit",
  "sign_in_expired",
  "factor_wrong",
  "enrolment_expired",
  "too_many_factors",
  "factor_required",
  "own_account",
  "operator_changed",
  "client_id_unfit",
  "client_name_unfit",
  "origins_unfit",
  "redirect_paths_unfit",
  "scopes_unfit",
  "cidrs_unfit",
  "client_exists",
  "client_changed",
  "url_unfit",
  "time_zone_unfit",
  "too_many_channels",
  "channel_changed",
  "already_blocked",
  "already_active",
  "group_changed",
  "not_reached",
  "last_binding",
  "same_person",
  "already_merged",
  "status_differs",
  "being_erased",
  "already_undone",
  "too_late",
  "merged_further",
  "already_resolved",
] as const;

/** Why an act on one of several was refused, by the code that the act alone would have been refused with. */
export function useRefusalText(): (appCode: string) => string {
  const t = useTranslations("errorMessage");
  const named = useTranslations("formError");
  return (appCode) => {
    const name = namedErrors.find((one) => one === appCode);
    if (name) return named(name);
    return appCode === "not_found" ? t("changedBody") : t("serverBody");
  };
}

/** Says in words why the api refused a form or an act. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations("errorMessage");
  const named = useTranslations("formError");
  const passkey = useTranslations("passkeyError");
  return (error) => {
    if (error instanceof PasskeyError) return passkey(error.problem);
    const data = isConsoleError(error) ? error.data : null;
    const name = namedErrors.find((one) => one === data?.appCode);
    if (name) return named(name);
    switch (data?.code) {
      case undefined:
        return t("networkBody");
      case "TOO_MANY_REQUESTS":
        return t("tooMany");
      case "FORBIDDEN":
        return t("forbiddenBody");
      case "BAD_REQUEST":
        return t("badFormBody");
      case "NOT_FOUND":
      case "CONFLICT":
        return t("changedBody");
      default:
        return t("serverBody");
    }
  };
}

/** The number to look for in the server's log, where the server is to blame. */
export function requestNumberOf(error: unknown): string | undefined {
  const data = isConsoleError(error) ? error.data : null;
  return data && data.httpStatus >= 500 ? data.requestId : undefined;
}

/** Whether the same call may succeed in a moment: the connection or the server failed. */
export function mayHelpToRetry(error: unknown): boolean {
  return !isConsoleError(error) || !error.data || error.data.httpStatus >= 500;
}

/** Why a form was rejected, and for a server error the request number. */
export function FormError({
  error,
  texts = {},
}: {
  error: unknown;
  /** What an error means in this form, by the api's name for it. */
  texts?: Partial<Record<string, string>>;
}): ReactNode {
  const errorText = useErrorText();
  const requestNumber = requestNumberOf(error);
  return (
    <Callout tone="error" icon={IconAlertTriangle} role="alert">
      {texts[appCodeOf(error) ?? ""] ?? errorText(error)}
      {requestNumber && (
        <div>
          <RequestNumber value={requestNumber} />
        </div>
      )}
    </Callout>
  );
}

export function RequestNumber({ value }: { value: string }): ReactNode {
  const t = useTranslations("errorMessage");
  return (
    <>
      {t("requestId")} <CopyableId value={value} label={t("requestId")} />
    </>
  );
}
