import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
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

/** Asks first, because a token that WeChat does replace ends within minutes, also for servers that hold a copy. */
export function RefreshButton({ app, kind }: { app: AppToken; kind: AppTokenKind }): ReactNode {
  const t = useTranslations("tokens");
  const notify = useNotify();
  const mayAct = useMayAct();
  const [opened, dialog] = useDisclosure(false);
  const about = { app: app.key, kind: t(`kind.${kind}`) };
  const refresh = useMutation(
    trpc.tokens.refreshApp.mutationOptions({
      async onSuccess(refreshed) {
        await showAppToken(refreshed);
        // A refusal by WeChat is a normal response of the api; the card then shows it with its explanation.
        const refused = tokenOf(refreshed, kind)?.state === "failing";
        notify(refused ? "error" : "success", t(refused ? "refreshRefused" : "refreshed", about));
        dialog.close();
      },
    }),
  );
  if (!mayAct) return null;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} aria-hidden />}
        onClick={dialog.open}
        aria-label={t("refreshNowOf", { app: kind === "access_token" ? app.key : about.kind })}
      >
        {t("refreshNow")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t("refreshTitle", about)}
        label={t("refreshNow")}
        asksReason
        reasonRule={t("reasonRule")}
        act={{ ...refresh, mutate: (reason) => refresh.mutate({ appId: app.appId, kind, reason }) }}
      >
        {t("refreshBody")} <TokenUsers app={app} kind={kind} />
      </ActDialog>
    </>
  );
}
