import { Checkbox, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { HostScope } from "../../api/types.js";
import { FormBody } from "../../components/form-body.js";
import classes from "./hosts.module.css";
import { linesOf } from "./lines.js";
import { useHostActs } from "./use-host-acts.js";

/** Each scope with the key of its text. A scope of the api without a row does not compile. */
const scopeTexts = {
  tickets: "tickets",
  sessions: "sessions",
  bind: "bind",
  "users:read": "usersRead",
  "identities:read": "identitiesRead",
  "users:write": "usersWrite",
  merge: "merge",
  tokens: "tokens",
  jssdk: "jssdk",
  events: "events",
} as const satisfies Record<HostScope, string>;
const scopes = Object.keys(scopeTexts) as HostScope[];

export function KeyForm({
  clientId,
  onClose,
  onMade,
}: {
  clientId: string;
  onClose: () => void;
  onMade: (key: string) => void;
}): ReactNode {
  const t = useTranslations("apiKeys");
  const { createKey } = useHostActs();
  const [chosen, setChosen] = useState<string[]>(["tickets"]);
  const [networks, setNetworks] = useState("");
  return (
    <FormBody
      act={createKey}
      label={t("make")}
      onClose={onClose}
      onSubmit={() =>
        createKey.mutate(
          { clientId, scopes: chosen, cidrs: linesOf(networks) },
          { onSuccess: ({ key }) => onMade(key) },
        )
      }
    >
      <Checkbox.Group label={t("scopes")} value={chosen} onChange={setChosen}>
        <Stack gap={8} mt={6}>
          {scopes.map((scope, n) => (
            <Checkbox
              key={scope}
              size="sm"
              value={scope}
              label={t(`scope.${scopeTexts[scope]}`)}
              description={scope}
              classNames={{ description: classes.scope ?? "" }}
              data-autofocus={n === 0 || undefined}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Textarea
        label={t("networks")}
        description={t("networksHint")}
        rows={2}
        spellCheck={false}
        value={networks}
        onChange={(event) => setNetworks(event.currentTarget.value)}
      />
    </FormBody>
  );
}
