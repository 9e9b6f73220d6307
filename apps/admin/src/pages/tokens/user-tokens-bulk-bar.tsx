import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { queryClient, trpc } from "../../api/client.js";
import { ActDialog } from "../../components/act-dialog.js";
import { BulkBar } from "../../components/bulk-bar.js";
import { useBulkAct } from "../../components/use-bulk-act.js";
import type { Selection } from "../../ui/use-selection.js";

const options = { onSettled: () => queryClient.invalidateQueries(trpc.tokens.pathFilter()) };

/** Asks WeChat about several tokens, or forgets them. */
export function UserTokensBulkBar({ selection }: { selection: Selection }): ReactNode {
  const t = useTranslations("tokens");
  const bulk = useTranslations("bulk");
  const run = useBulkAct();
  const [opened, dialog] = useDisclosure(false);
  const check = useMutation(trpc.tokens.checkUsers.mutationOptions(options));
  const forget = useMutation(trpc.tokens.forgetUsers.mutationOptions(options));
  const bindingIds = [...selection.selected];
  type Checked = Awaited<ReturnType<typeof check.mutateAsync>>;

  const tellChecked = ({ done }: Checked) => {
    const of = (result: Checked["done"][number]["result"]) =>
      done.filter((one) => one.result === result).length;
    return bulk("checked", { valid: of("valid"), refused: of("refused"), unanswered: of("unanswered") });
  };
  return (
    <BulkBar selection={selection}>
      <Button
        variant="default"
        size="xs"
        loading={check.isPending}
        onClick={() => run(() => check.mutateAsync({ bindingIds }), { tell: tellChecked })}
      >
        {t("checkNow")}
      </Button>
      <Button variant="default" size="xs" loading={forget.isPending} onClick={dialog.open}>
        {t("forget")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={bulk("forgetTitle", { count: bindingIds.length })}
        label={t("forget")}
        danger
        act={{
          ...forget,
          mutate: () => {
            dialog.close();
            run(() => forget.mutateAsync({ bindingIds }));
          },
        }}
      >
        {t("forgetBody")}
      </ActDialog>
    </BulkBar>
  );
}
