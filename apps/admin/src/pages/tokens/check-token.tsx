import { Button } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import { useMayAct } from "../../shell/use-operator.js";
import { FormError } from "../../ui/error-messages.js";
import { useNotify } from "../../ui/use-notify.js";

/** Asks WeChat whether a person's access token is still valid. A viewer may not. */
export function CheckToken({ bindingId }: { bindingId: string }): ReactNode {
  const t = useTranslations("tokens");
  const notify = useNotify();
  const mayAct = useMayAct();
  const check = useMutation(
    trpc.tokens.checkUser.mutationOptions({
      onSuccess({ result, errcode, token }) {
        queryClient.setQueryData(trpc.tokens.getUser.queryKey({ bindingId }), token);
        void queryClient.invalidateQueries({ queryKey: trpc.tokens.listUsers.queryKey() });
        const tone = result === "valid" ? "success" : "error";
        notify(tone, t(`checkResult.${result}`, { errcode: errcode ?? "" }));
      },
    }),
  );
  if (!mayAct) return null;
  return (
    <div style={{ marginTop: 16 }}>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconShieldCheck size={14} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate({ bindingId })}
      >
        {t("checkNow")}
      </Button>
      {check.isError && <FormError error={check.error} />}
    </div>
  );
}
