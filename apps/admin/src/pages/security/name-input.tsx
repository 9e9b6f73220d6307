import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

/** What the operator calls a factor. */
export function NameInput({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (value: string) => void;
  error: string | false;
}): ReactNode {
  const t = useTranslations("security");
  return (
    <TextInput
      label={t("name")}
      description={t("nameRule")}
      autoComplete="off"
      maxLength={60}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}
