import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { readPeopleAgain, trpc } from "../../api/client.js";
import { useNotify, useNotifyFailure } from "../../ui/use-notify.js";

/** Reads a person's nickname and avatar from WeChat again. */
export function RefreshProfileButton({ userId }: { userId: string }): ReactNode {
  const t = useTranslations("acts");
  const notify = useNotify();
  const notifyFailure = useNotifyFailure();
  const refresh = useMutation(
    trpc.people.refreshProfile.mutationOptions({
      async onSuccess({ result }) {
        await readPeopleAgain();
        const isRead = result === "updated" || result === "unchanged";
        notify(isRead ? "success" : "error", t(`profileRefresh.${result}`));
      },
      onError: (error) => notifyFailure(error, start),
    }),
  );
  function start(): void {
    refresh.mutate({ userId });
  }
  return (
    <Button variant="default" size="xs" loading={refresh.isPending} onClick={start}>
      {t("refreshProfile")}
    </Button>
  );
}
