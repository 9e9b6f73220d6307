import { Button } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import { Callout } from "../../ui/callout.js";
import { FormError } from "../../ui/error-messages.js";
import { useFormatExactTime } from "../../ui/time.js";
import classes from "./audit.module.css";

/** Verifies the seals of the whole log, a part at a time, and says how far they are valid. */
export function SealCheck(): ReactNode {
  const t = useTranslations("audit");
  const formatTime = useFormatExactTime();
  const [verifiedTo, setVerifiedTo] = useState(0);
  const check = useMutation({
    async mutationFn() {
      setVerifiedTo(0);
      for (let after = 0; ; ) {
        const part = await queryClient.fetchQuery(
          trpc.audit.verify.queryOptions({ after }, { staleTime: 0, gcTime: 0 }),
        );
        setVerifiedTo(part.verifiedTo);
        if (part.isDone) return part;
        after = part.verifiedTo;
      }
    },
  });
  const { data } = check;
  return (
    <div className={classes.check} role="status">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconShieldCheck size={15} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate()}
      >
        {t("verify")}
      </Button>
      {check.isPending && verifiedTo > 0 && <span>{t("verifying", { entry: verifiedTo })}</span>}
      {check.isError && <FormError error={check.error} />}
      {data && !data.problem && (
        <Callout
          tone="info"
          icon={IconShieldCheck}
          title={data.verifiedTo === 0 ? t("soundEmpty") : t("sound", { entry: data.verifiedTo })}
        >
          {t("soundBody", { at: formatTime(data.at), unsealed: data.unsealed })}
        </Callout>
      )}
      {data?.problem && (
        <Callout tone="error" icon={IconAlertTriangle} title={t("broken")} role="alert">
          {t(`problem.${data.problem.kind}`, { entry: data.problem.entry ?? 0 })}{" "}
          {t("brokenAt", { entry: data.verifiedTo, at: formatTime(data.at) })}
        </Callout>
      )}
    </div>
  );
}
