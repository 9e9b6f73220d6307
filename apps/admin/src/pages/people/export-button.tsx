import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { saveFile } from "../../format/save-file.js";
import { useNotify, useNotifyFailure } from "../../ui/use-notify.js";

/** Saves all that is stored of a person as a file. The server writes the export to its audit log. */
export function ExportButton({ userId }: { userId: string }): ReactNode {
  const t = useTranslations("acts");
  const notify = useNotify();
  const notifyFailure = useNotifyFailure();
  const exported = useMutation(
    trpc.people.export.mutationOptions({
      onSuccess(data) {
        saveFile(`person-${userId.slice(-8)}.json`, `${JSON.stringify(data, null, 2)}\n`);
        notify("success", t("done.export"));
      },
      onError: (error) => notifyFailure(error, start),
    }),
  );
  function start(): void {
    exported.mutate({ userId });
  }
  return (
    <Button variant="default" size="xs" loading={exported.isPending} onClick={start}>
      {t("export")}
    </Button>
  );
}
