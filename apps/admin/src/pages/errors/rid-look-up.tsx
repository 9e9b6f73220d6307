import { Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { FailureDetail, LookUp } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { useMayAct } from "../../shell/use-operator.js";
import { Callout } from "../../ui/callout.js";
import { FormError } from "../../ui/error-messages.js";
import { Facts } from "../../ui/facts.js";
import { Section } from "../../ui/panel.js";
import { ExactTime, useFormatDuration } from "../../ui/time.js";
import { UntrustedText } from "../../ui/untrusted-text.js";
import classes from "./errors.module.css";

/** WeChat's own record of a failed call, where it keeps one: asked for by an operator, because it costs a call. */
export function RidLookUp({ failure: { id, lookUp } }: { failure: FailureDetail }): ReactNode {
  const t = useTranslations("errorCall");
  const mayAct = useMayAct();
  const ask = useMutation(trpc.failures.lookUp.mutationOptions());
  if (lookUp === null) return null;
  if (lookUp !== "possible") {
    return (
      <Section title={t("recorded")}>
        <p className={classes.muted}>{t(lookUp === "too_old" ? "tooOld" : "notRecorded")}</p>
      </Section>
    );
  }
  if (!mayAct) return null;
  return (
    <Section title={t("recorded")}>
      {ask.data ? (
        <LookUpResult result={ask.data} />
      ) : (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            {t("lookUpHint")}
          </Text>
          <Button variant="default" size="xs" loading={ask.isPending} onClick={() => ask.mutate({ id })}>
            {t("lookUp")}
          </Button>
        </>
      )}
      {ask.isError && <FormError error={ask.error} />}
    </Section>
  );
}

function LookUpResult({ result }: { result: LookUp }): ReactNode {
  const t = useTranslations("errorCall");
  const formatDuration = useFormatDuration();
  if (!result.found) {
    return (
      <Callout tone="warning" icon={IconAlertTriangle}>
        {t("notFound")}{" "}
        <Errcode
          errcode={result.errcode}
          name={result.explanation?.name ?? null}
          meaning={result.explanation?.meaning ?? null}
        />
      </Callout>
    );
  }
  const { invokedAt, durationMs, requestUrl, requestBody, responseBody, clientIp } = result.recorded;
  return (
    <Facts
      rows={[
        [t("recordedAt"), <ExactTime key="at" at={invokedAt} />],
        [t("recordedDuration"), formatDuration(durationMs)],
        [t("recordedIp"), <UntrustedText key="ip" text={clientIp} />],
        [t("recordedRequest"), <UntrustedText key="url" text={requestUrl} />],
        [t("recordedBody"), requestBody ? <UntrustedText key="body" text={requestBody} /> : null],
        [t("recordedAnswer"), <UntrustedText key="answer" text={responseBody} />],
      ]}
    />
  );
}
