import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { HostDetail } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useAct } from "../../components/use-act.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { useNotify } from "../../ui/use-notify.js";
import { HostForm } from "./host-form.js";
import { useHostActs } from "./use-host-acts.js";

/** What an owner can do to a host application itself. */
export function HostActs({ host }: { host: HostDetail }): ReactNode {
  const t = useTranslations("hosts");
  const common = useTranslations("acts");
  const notify = useNotify();
  const act = useAct();
  const acts = useHostActs();
  const [asked, setAsked] = useState<"edit" | "disable">();
  const close = () => setAsked(undefined);
  const { id, name } = host;

  const enable = () => act(() => acts.enable.mutateAsync({ id }), t("done.enable", { name }));

  function disable(): void {
    acts.disable.mutate(
      { id },
      {
        onSuccess() {
          close();
          notify("success", t("done.disable", { name }), { label: common("undo"), onClick: enable });
        },
      },
    );
  }

  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsked("edit")}>
        {t("edit")}
      </Button>
      {host.disabledAt === null ? (
        <Button variant="default" size="xs" c="var(--error)" onClick={() => setAsked("disable")}>
          {t("disable")}
        </Button>
      ) : (
        <Button variant="default" size="xs" loading={acts.enable.isPending} onClick={enable}>
          {t("enable")}
        </Button>
      )}
      <ModalDialog opened={asked === "edit"} onClose={close} title={t("editTitle", { name })}>
        <HostForm
          host={host}
          onClose={close}
          onSaved={() => {
            close();
            notify("success", t("done.update", { name }));
          }}
        />
      </ModalDialog>
      <ActDialog
        opened={asked === "disable"}
        onClose={close}
        title={t("disableTitle", { name })}
        label={t("disable")}
        danger
        act={{ ...acts.disable, mutate: disable }}
      >
        {t("disableBody")}
      </ActDialog>
    </>
  );
}
