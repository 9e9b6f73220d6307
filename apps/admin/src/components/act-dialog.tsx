import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { ModalDialog } from "../ui/dialogs.js";
import { FormError } from "../ui/error-messages.js";

/** The longest reason that the api takes. */
const maxReason = 500;

interface ActDialogProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The button that does it. */
  label: string;
  /** It cannot be undone, or it takes something away. */
  danger?: boolean;
  /** Asks why: the audit log keeps it. */
  asksReason?: boolean;
  /** What becomes of the reason, where the act is not on a person. */
  reasonRule?: string;
  /** What the operator must type first, in any case of its letters, because the act cannot be undone. */
  word?: string;
  /** Asks for it; by default as the end of a user's id. */
  wordLabel?: string;
  act: {
    isPending: boolean;
    isError: boolean;
    error: unknown;
    mutate: (reason: string) => void;
  };
  opened: boolean;
  onClose: () => void;
}

/** Asks before an operator's act, and stays open with the reason if the api refuses it. */
export function ActDialog({ opened, onClose, title, ...form }: ActDialogProps): ReactNode {
  return (
    <ModalDialog opened={opened} onClose={onClose} title={title}>
      <ActForm {...form} onClose={onClose} />
    </ModalDialog>
  );
}

/** Rendered inside the dialog, so that closing it discards what was typed. */
function ActForm({
  children,
  label,
  danger = false,
  asksReason = false,
  reasonRule,
  word,
  wordLabel,
  act,
  onClose,
}: Omit<ActDialogProps, "title" | "opened">): ReactNode {
  const t = useTranslations("acts");
  const common = useTranslations("common");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  // `act` still has the refusal of an earlier dialog.
  const [wasSent, setWasSent] = useState(false);
  const lacksReason = asksReason && reason.trim() === "";
  const lacksWord = word !== undefined && typed.trim().toUpperCase() !== word.toUpperCase();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSubmitted(true);
    if (lacksReason || lacksWord) return;
    setWasSent(true);
    act.mutate(reason.trim());
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm" component="div">
          {children}
        </Text>
        {asksReason && (
          <TextInput
            label={t("reason")}
            description={reasonRule ?? t("reasonRule")}
            maxLength={maxReason}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={wasSubmitted && lacksReason && t("reasonMissing")}
            data-autofocus
          />
        )}
        {word !== undefined && (
          <TextInput
            label={wordLabel ?? t("typeWord", { word })}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={wasSubmitted && lacksWord && t("wordWrong", { word })}
            data-autofocus
          />
        )}
        {wasSent && act.isError && <FormError error={act.error} />}
        <Group justify="flex-end" mt="xs">
          <Button
            variant="default"
            onClick={onClose}
            {...(!asksReason && word === undefined && { "data-autofocus": true })}
          >
            {common("cancel")}
          </Button>
          <Button type="submit" loading={act.isPending} {...(danger && { color: "red.9" })}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
