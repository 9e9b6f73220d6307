import { Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { FormBody } from "../../components/form-body.js";
import { OwnPassword } from "../../components/own-password.js";
import { FormError } from "../../ui/error-messages.js";

/** Asks for the password before an act. Rendered inside a dialog, so that closing it discards the password. */
export function PasswordForm({
  label,
  act,
  onSubmit,
  onClose,
  children,
}: {
  /** The button that does it. */
  label: string;
  act: { isPending: boolean; isError: boolean; error: unknown };
  onSubmit: (password: string) => void;
  onClose: () => void;
  /** What will happen. */
  children: ReactNode;
}): ReactNode {
  const t = useTranslations("security");
  const [password, setPassword] = useState("");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  function submit() {
    setWasSubmitted(true);
    if (password) onSubmit(password);
  }
  return (
    <FormBody
      act={act}
      error={<FormError error={act.error} texts={{ wrong_credentials: t("passwordWrong") }} />}
      label={label}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm" component="div">
        {children}
      </Text>
      <OwnPassword
        label={t("password")}
        value={password}
        onChange={setPassword}
        error={wasSubmitted && !password && t("passwordMissing")}
      />
    </FormBody>
  );
}
