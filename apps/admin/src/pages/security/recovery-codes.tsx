import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { ModalDialog } from "../../ui/dialogs.js";
import { Panel, Section } from "../../ui/panel.js";
import { PasswordForm } from "./password-form.js";
import classes from "./security.module.css";
import { useFactorActs } from "./use-factor-acts.js";

/** How many are left, and new ones. */
export function RecoveryCodes({
  left,
  onCodes,
}: {
  left: number;
  onCodes: (codes: string[]) => void;
}): ReactNode {
  const t = useTranslations("security");
  const { renewCodes } = useFactorActs();
  const [isAsked, setIsAsked] = useState(false);
  function close(): void {
    setIsAsked(false);
    renewCodes.reset();
  }
  function renew(password: string): void {
    renewCodes.mutate(
      { password },
      {
        onSuccess({ recoveryCodes }) {
          close();
          onCodes(recoveryCodes);
        },
      },
    );
  }
  return (
    <Section
      title={t("recoveryCodes")}
      aside={
        <Button variant="default" size="xs" onClick={() => setIsAsked(true)}>
          {t("renew")}
        </Button>
      }
    >
      <Panel pad>
        <div>{t("recoveryCodesLeft", { count: left })}</div>
        <div className={classes.remark}>{t("recoveryCodesBody")}</div>
      </Panel>
      <ModalDialog opened={isAsked} onClose={close} title={t("renewTitle")}>
        <PasswordForm label={t("renew")} act={renewCodes} onSubmit={renew} onClose={close}>
          {t("renewBody")}
        </PasswordForm>
      </ModalDialog>
    </Section>
  );
}
