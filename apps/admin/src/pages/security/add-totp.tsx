import { Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { TotpEnrolment } from "../../api/types.js";
import { FormBody } from "../../components/form-body.js";
import { isTotpCode } from "../../format/totp-code.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { FormError } from "../../ui/error-messages.js";
import { NameInput } from "./name-input.js";
import { PasswordForm } from "./password-form.js";
import classes from "./security.module.css";
import { useFactorActs } from "./use-factor-acts.js";

/** What is shown after a factor was added. */
export type OnAdded = (name: string, recoveryCodes: string[] | null) => void;

/** First the password, then the key for the app, which a code of it confirms. */
export function AddTotp({ onClose, onAdded }: { onClose: () => void; onAdded: OnAdded }): ReactNode {
  const t = useTranslations("security");
  const { startTotp } = useFactorActs();
  if (startTotp.data) return <ConfirmTotp enrolment={startTotp.data} onClose={onClose} onAdded={onAdded} />;
  return (
    <PasswordForm
      label={t("next")}
      act={startTotp}
      onSubmit={(password) => startTotp.mutate({ password })}
      onClose={onClose}
    >
      {t("totpStart")}
    </PasswordForm>
  );
}

function ConfirmTotp({
  enrolment: { key, qr },
  onClose,
  onAdded,
}: {
  enrolment: TotpEnrolment;
  onClose: () => void;
  onAdded: OnAdded;
}): ReactNode {
  const t = useTranslations("security");
  const { confirmTotp } = useFactorActs();
  const [code, setCode] = useState("");
  const [given, setGiven] = useState("");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const name = given.trim();

  function submit() {
    setWasSubmitted(true);
    if (!isTotpCode(code) || !name) return;
    confirmTotp.mutate({ code, name }, { onSuccess: ({ recoveryCodes }) => onAdded(name, recoveryCodes) });
  }

  return (
    <FormBody
      act={confirmTotp}
      error={<FormError error={confirmTotp.error} texts={{ factor_wrong: t("codeWrong") }} />}
      label={t("confirm")}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm">{t("totpScan")}</Text>
      <img className={classes.qr} src={`data:image/svg+xml,${encodeURIComponent(qr)}`} alt={t("qr")} />
      <div className={classes.key}>
        <span>{t("key")}</span>
        <CopyableId value={key} label={t("key")} whole />
      </div>
      <TextInput
        label={t("code")}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={20}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        error={wasSubmitted && !isTotpCode(code) && t("codeMissing")}
        autoFocus
      />
      <NameInput value={given} onChange={setGiven} error={wasSubmitted && !name && t("nameMissing")} />
    </FormBody>
  );
}
