import { Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { FormBody } from "../../components/form-body.js";
import { OwnPassword } from "../../components/own-password.js";
import { ownPlatform } from "../../format/own-platform.js";
import { FormError } from "../../ui/error-messages.js";
import type { OnAdded } from "./add-totp.js";
import { NameInput } from "./name-input.js";
import { useFactorActs } from "./use-factor-acts.js";

/** Asks for the password and a name; the browser asks for the rest. */
export function AddPasskey({ onClose, onAdded }: { onClose: () => void; onAdded: OnAdded }): ReactNode {
  const t = useTranslations("security");
  const { addPasskey } = useFactorActs();
  const [password, setPassword] = useState("");
  const tDevice = useTranslations("device");
  const platform = ownPlatform(navigator.userAgent);
  const [given, setGiven] = useState(platform ? tDevice(platform) : "");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const name = given.trim();

  function submit() {
    setWasSubmitted(true);
    if (!password || !name) return;
    addPasskey.mutate({ password, name }, { onSuccess: ({ recoveryCodes }) => onAdded(name, recoveryCodes) });
  }

  const texts = { wrong_credentials: t("passwordWrong"), factor_wrong: t("passkeyWrong") };
  return (
    <FormBody
      act={addPasskey}
      error={<FormError error={addPasskey.error} texts={texts} />}
      label={t("confirm")}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm">{t("passkeyBody")}</Text>
      <OwnPassword
        label={t("password")}
        value={password}
        onChange={setPassword}
        error={wasSubmitted && !password && t("passwordMissing")}
      />
      <NameInput value={given} onChange={setGiven} error={wasSubmitted && !name && t("nameMissing")} />
    </FormBody>
  );
}
