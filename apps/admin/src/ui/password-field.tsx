import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

/** Mantine's, which unlike its other fields does not tell a screen reader that it is invalid. */
export function PasswordField(props: PasswordInputProps): ReactNode {
  const t = useTranslations("password");
  return (
    <PasswordInput
      aria-invalid={props.error ? true : undefined}
      visibilityToggleButtonProps={{ "aria-label": t("show") }}
      {...props}
    />
  );
}
