import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { SecondFactor, SecondFactors } from "../../api/types.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { useNotify } from "../../ui/use-notify.js";
import { PasswordForm } from "./password-form.js";
import { useFactorActs } from "./use-factor-acts.js";

export function RemoveFactor({
  factor: { id, name },
  of: { factors, isRequired },
}: {
  factor: SecondFactor;
  of: SecondFactors;
}): ReactNode {
  const t = useTranslations("security");
  const notify = useNotify();
  const { remove } = useFactorActs();
  const [isAsked, setIsAsked] = useState(false);
  const isLast = factors.length === 1;
  function close(): void {
    setIsAsked(false);
    remove.reset();
  }
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        aria-label={t("removeOf", { name })}
        onClick={() => setIsAsked(true)}
      >
        {t("remove")}
      </Button>
      <ModalDialog opened={isAsked} onClose={close} title={t("removeTitle", { name })}>
        <PasswordForm
          label={t("remove")}
          act={remove}
          onClose={close}
          onSubmit={(password) =>
            // The row, and this with it, is gone when the list is read again: so no callback of `mutate`.
            void remove.mutateAsync({ id, password }).then(
              () => notify("success", t("done.remove", { name })),
              () => undefined,
            )
          }
        >
          <p>{t("removeBody")}</p>
          {isLast && <p>{t(isRequired ? "removeLastRequired" : "removeLast")}</p>}
        </PasswordForm>
      </ModalDialog>
    </>
  );
}
