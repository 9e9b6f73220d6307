import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRefresh, IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { UserToken } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useMayAct } from "../../shell/use-operator.js";
import { FormError } from "../../ui/error-messages.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./app-token-view.module.css";

/** Asks WeChat whether a person's access token is still valid, refreshes both tokens, or forgets them. A viewer may not. */
export function UserTokenActs({
  token,
  onForgotten,
}: {
  token: UserToken;
  onForgotten: () => void;
}): ReactNode {
  const t = useTranslations("tokens");
  const notify = useNotify();
  const mayAct = useMayAct();
  const [opened, dialog] = useDisclosure(false);
  const { bindingId } = token;

  function show(changed: UserToken) {
    queryClient.setQueryData(trpc.tokens.getUser.queryKey({ bindingId }), changed);
    void queryClient.invalidateQueries({ queryKey: trpc.tokens.listUsers.queryKey() });
  }
  const check = useMutation(
    trpc.tokens.checkUser.mutationOptions({
      onSuccess({ result, errcode, token: changed }) {
        show(changed);
        const tone = result === "valid" ? "success" : "error";
        notify(tone, t(`checkResult.${result}`, { errcode: errcode ?? "" }));
      },
    }),
  );
  const refresh = useMutation(
    trpc.tokens.refreshUser.mutationOptions({
      onSuccess({ result, errcode, token: changed }) {
        show(changed);
        const tone = result === "refreshed" ? "success" : "error";
        notify(tone, t(`refreshUserResult.${result}`, { errcode: errcode ?? "" }));
      },
    }),
  );
  const forget = useMutation(
    trpc.tokens.forgetUser.mutationOptions({
      onSuccess() {
        dialog.close();
        notify("success", t("forgotten"));
        onForgotten();
        void queryClient.invalidateQueries({ queryKey: trpc.tokens.listUsers.queryKey() });
      },
    }),
  );
  if (!mayAct) return null;
  const failed = [check, refresh].find((act) => act.isError);
  return (
    <div style={{ marginTop: 16 }}>
      <div className={classes.acts}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconShieldCheck size={14} aria-hidden />}
          loading={check.isPending}
          onClick={() => check.mutate({ bindingId })}
        >
          {t("checkNow")}
        </Button>
        {token.refreshExpiresAt !== null && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={refresh.isPending}
            onClick={() => refresh.mutate({ bindingId })}
          >
            {t("refreshUser")}
          </Button>
        )}
        <Button variant="default" size="xs" onClick={dialog.open}>
          {t("forget")}
        </Button>
      </div>
      {failed && <FormError error={failed.error} />}
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t("forgetTitle")}
        label={t("forget")}
        danger
        act={{ ...forget, mutate: () => forget.mutate({ bindingId }) }}
      >
        {t("forgetBody")}
      </ActDialog>
    </div>
  );
}
