import { Checkbox, Stack, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { isConsoleError } from "../../api/client.js";
import type { Webhook, WebhookEvent } from "../../api/types.js";
import { FormBody } from "../../components/form-body.js";
import { Callout } from "../../ui/callout.js";
import { useHostActs } from "./use-host-acts.js";

/** Each event; one of the api that is missing here does not compile. */
const eventNames = {
  "user.created": true,
  "user.updated": true,
  "user.merged": true,
  "user.blocked": true,
  "user.erased": true,
  "binding.created": true,
  "binding.removed": true,
  "conflict.opened": true,
  "session.revoked": true,
} as const satisfies Record<WebhookEvent, true>;
const events = Object.keys(eventNames) as WebhookEvent[];

/** Adds a webhook, or chooses the events of one. */
export function WebhookForm({
  clientId,
  webhook,
  onClose,
  onSaved,
}: {
  clientId: string;
  webhook?: Webhook;
  onClose: () => void;
  /** With the secret of a new one. */
  onSaved: (secret?: string) => void;
}): ReactNode {
  const t = useTranslations("webhooks");
  const hosts = useTranslations("hosts");
  const acts = useHostActs();
  const [url, setUrl] = useState("");
  const [chosen, setChosen] = useState<string[]>(webhook?.types ?? []);
  const act = webhook ? acts.updateWebhook : acts.createWebhook;
  const code = isConsoleError(act.error) ? act.error.data?.appCode : undefined;
  const reason = code === "input_invalid" ? t("urlUnfit") : code === "conflict" ? t("tooMany") : undefined;

  function save() {
    const types = events.filter((event) => chosen.includes(event));
    if (webhook) {
      acts.updateWebhook.mutate({ clientId, id: webhook.id, types }, { onSuccess: () => onSaved() });
    } else {
      acts.createWebhook.mutate(
        { clientId, url: url.trim(), types },
        { onSuccess: ({ secret }) => onSaved(secret) },
      );
    }
  }

  return (
    <FormBody
      act={act}
      error={
        reason && (
          <Callout tone="error" icon={IconAlertTriangle} role="alert">
            {reason}
          </Callout>
        )
      }
      label={webhook ? hosts("save") : t("add")}
      onSubmit={save}
      onClose={onClose}
    >
      {!webhook && (
        <TextInput
          label={t("url")}
          description={t("urlHint")}
          placeholder="https://"
          type="url"
          autoComplete="off"
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <Checkbox.Group label={t("types")} description={t("typesHint")} value={chosen} onChange={setChosen}>
        <Stack gap={8} mt={6}>
          {events.map((event, n) => (
            <Checkbox
              key={event}
              size="sm"
              value={event}
              label={<code>{event}</code>}
              data-autofocus={webhook && n === 0 ? true : undefined}
            />
          ))}
        </Stack>
      </Checkbox.Group>
    </FormBody>
  );
}
