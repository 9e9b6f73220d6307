import { Button, Group, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import { OwnPassword } from "../components/own-password.js";
import { isLongEnough, MIN_PASSWORD_CHARACTERS } from "../format/password-rule.js";
import { ModalDialog } from "../ui/dialogs.js";
import { FormError } from "../ui/error-messages.js";
import { PasswordField } from "../ui/password-field.js";
import { useNotify } from "../ui/use-notify.js";

export function ChangePassword(props: { opened: boolean; onClose: () => void }): ReactNode {
  const t = useTranslations("password");
  return (
    <ModalDialog opened={props.opened} onClose={props.onClose} title={t("title")}>
      <PasswordForm onClose={props.onClose} />
    </ModalDialog>
  );
}

/** Rendered inside the modal, so that closing it discards the input. */
function PasswordForm({ onClose }: { onClose: () => void }): ReactNode {
  const t = useTranslations("password");
  const common = useTranslations("common");
  const notify = useNotify();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const change = useMutation(
    trpc.operator.changePassword.mutationOptions({
      onSuccess() {
        notify("success", t("changed"));
        onClose();
      },
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSubmitted(true);
    if (current && isLongEnough(next)) change.mutate({ current, next });
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <OwnPassword
          label={t("current")}
          value={current}
          onChange={setCurrent}
          error={wasSubmitted && !current && t("currentMissing")}
        />
        <PasswordField
          label={t("next")}
          description={t("rule", { min: MIN_PASSWORD_CHARACTERS })}
          autoComplete="new-password"
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          error={wasSubmitted && !isLongEnough(next) && t("tooShort", { min: MIN_PASSWORD_CHARACTERS })}
        />
        {change.isError && (
          <FormError error={change.error} texts={{ wrong_credentials: t("currentWrong") }} />
        )}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t("change")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
