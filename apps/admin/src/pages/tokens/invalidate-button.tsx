import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { AppToken, AppTokenKind } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useMayAct } from "../../shell/use-operator.js";
import { useNotify } from "../../ui/use-notify.js";
import { showAppToken, tokenOf } from "./app-token-cache.js";
import { TokenUsers } from "./token-users.js";

/** Replaces a token that must not be used any longer: the one that is shown, and no later one. */
export function InvalidateButton({ app, kind }: { app: AppToken; kind: AppTokenKind }): ReactNode {
  const t = useTranslations("tokens");
  const notify = useNotify();
  const mayAct = useMayAct();
  const [opened, dialog] = useDisclosure(false);
  const about = { app: app.key, kind: t(`kind.${kind}`) };
  const generation = tokenOf(app, kind)?.generation ?? 0;
  const invalidate = useMutation(
    trpc.tokens.invalidateApp.mutationOptions({
      async onSuccess({ errcode, app: replaced }) {
        await showAppToken(replaced);
        if (errcode === null) notify("success", t("invalidated", about));
        else if (errcode === "SAME_TOKEN") notify("error", t("invalidateTooEarly"));
        else notify("error", t("invalidateRefused", { errcode }));
        dialog.close();
      },
    }),
  );
  if (!mayAct || generation === 0) return null;
  const given = { appId: app.appId, kind, generation };
  return (
    <>
      <Button
        variant="default"
        size="xs"
        onClick={dialog.open}
        aria-label={t("invalidateOf", { kind: about.kind })}
      >
        {t("invalidate")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t("invalidateTitle", about)}
        label={t("invalidate")}
        danger
        asksReason
        reasonRule={t("reasonRule")}
        act={{ ...invalidate, mutate: (reason) => invalidate.mutate({ ...given, reason }) }}
      >
        {t("invalidateBody")} <TokenUsers app={app} kind={kind} />
      </ActDialog>
    </>
  );
}
