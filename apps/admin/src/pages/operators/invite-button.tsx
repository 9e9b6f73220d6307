import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import type { OperatorLink } from "../../api/types.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { FormError } from "../../ui/error-messages.js";
import { OneTimeLink } from "./one-time-link.js";
import { type OperatorRole, roles } from "./roles.js";
import { useOperatorActs } from "./use-operator-acts.js";

/** Makes a one-time link for a new operator. */
export function InviteButton(): ReactNode {
  const t = useTranslations("operators");
  const [isAsked, setIsAsked] = useState(false);
  const [link, setLink] = useState<OperatorLink>();
  const close = () => setIsAsked(false);
  return (
    <>
      <Button size="sm" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setIsAsked(true)}>
        {t("invite")}
      </Button>
      <ModalDialog opened={isAsked} onClose={close} title={t("inviteTitle")}>
        <InviteForm
          onClose={close}
          onMade={(made) => {
            close();
            setLink(made);
          }}
        />
      </ModalDialog>
      <OneTimeLink link={link} onClose={() => setLink(undefined)} />
    </>
  );
}

/** Rendered inside the dialog, so that closing it discards what was typed. */
function InviteForm({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (link: OperatorLink) => void;
}): ReactNode {
  const t = useTranslations("operators");
  const common = useTranslations("common");
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<OperatorRole>("viewer");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const { invite } = useOperatorActs();
  const isMissing = username.trim() === "";

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSubmitted(true);
    if (!isMissing) invite.mutate({ username: username.trim(), role }, { onSuccess: onMade });
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm">{t("inviteBody")}</Text>
        <TextInput
          label={t("name")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          error={wasSubmitted && isMissing && t("nameMissing")}
          data-autofocus
        />
        <NativeSelect
          label={t("role")}
          description={t(`roleMeaning.${role}`)}
          value={role}
          onChange={(event) => setRole(roles.find((one) => one === event.currentTarget.value) ?? "viewer")}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {t(`roles.${one}`)}
            </option>
          ))}
        </NativeSelect>
        {invite.isError && <FormError error={invite.error} />}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {t("inviteSubmit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
