import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode, SubmitEvent } from "react";
import { useTranslations } from "use-intl";
import { FormError } from "../ui/error-messages.js";

/** The form inside a dialog: its fields, why it was refused, and its two buttons. */
export function FormBody({
  act,
  error,
  label,
  onSubmit,
  onClose,
  children,
}: {
  act: { isPending: boolean; isError: boolean; error: unknown };
  /** In place of the text for the error. */
  error?: ReactNode;
  /** The button that submits it. */
  label: string;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const common = useTranslations("common");
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {children}
        {act.isError && (error ?? <FormError error={act.error} />)}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
