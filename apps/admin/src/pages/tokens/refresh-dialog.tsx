import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import type { AppToken } from "../../api/types.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { FormError } from "../../ui/error-messages.js";
import { useNotify } from "../../ui/use-notify.js";

/** Asks first, because a token that WeChat does replace ends within minutes, also for servers that hold a copy. */
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
        // A refusal by WeChat is a normal response of the api; the card then shows it with its explanation.
        const refused = refreshed.accessToken?.state === "failing";
        notify(refused ? "error" : "success", t(refused ? "refreshRefused" : "refreshed", { app: app.key }));
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
