import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { AppToken } from "../../api/types.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { FormError } from "../../ui/form-refusal.js";
import { useNotify } from "../../ui/use-notify.js";

/** A new token ends the old one within minutes: who else uses the app's token should know, so we ask first. */
export function RefreshDialog({
  app,
  opened,
  onClose,
}: {
  app: AppToken;
  opened: boolean;
  onClose: () => void;
}): ReactNode {
  const t = useTranslations("tokens");
  const common = useTranslations("common");
  const notify = useNotify();
  const refresh = useMutation(
    trpc.tokens.refreshApp.mutationOptions({
      onSuccess(refreshed) {
        queryClient.setQueryData(
          trpc.tokens.listApps.queryKey(),
          (list) =>
            list && { items: list.items.map((item) => (item.appId === refreshed.appId ? refreshed : item)) },
        );
        // WeChat's refusal is an answer, not an error of the call: the card then shows it with its remedy.
        const refused = refreshed.accessToken?.state === "failing";
        notify(refused ? "bad" : "good", t(refused ? "refreshRefused" : "refreshed", { app: app.key }));
        onClose();
      },
    }),
  );

  return (
    <ModalDialog opened={opened} onClose={onClose} title={t("refreshTitle", { app: app.key })}>
      <Text size="sm">{t("refreshBody")}</Text>
      {refresh.isError && <FormError error={refresh.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {common("cancel")}
        </Button>
        <Button loading={refresh.isPending} onClick={() => refresh.mutate({ appId: app.appId })}>
          {t("refreshNow")}
        </Button>
      </Group>
    </ModalDialog>
  );
}
