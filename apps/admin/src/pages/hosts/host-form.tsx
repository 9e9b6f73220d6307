import { Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { HostDetail } from "../../api/types.js";
import { FormBody } from "../../components/form-body.js";
import { linesOf } from "./lines.js";
import { useHostActs } from "./use-host-acts.js";

/** Adds a host application, or changes one. Rendered inside its dialog, so that closing it discards what was typed. */
export function HostForm({
  host,
  onClose,
  onSaved,
}: {
  host?: HostDetail;
  onClose: () => void;
  onSaved: (id: string) => void;
}): ReactNode {
  const t = useTranslations("hosts");
  const acts = useHostActs();
  const [id, setId] = useState("");
  const [name, setName] = useState(host?.name ?? "");
  const [origins, setOrigins] = useState(host?.origins.join("\n") ?? "");
  const [paths, setPaths] = useState(host?.redirectPaths.join("\n") ?? "");
  const act = host ? acts.update : acts.create;

  function save() {
    const values = { name: name.trim(), origins: linesOf(origins), redirectPaths: linesOf(paths) };
    if (host) acts.update.mutate({ id: host.id, ...values }, { onSuccess: () => onSaved(host.id) });
    else acts.create.mutate({ id: id.trim(), ...values }, { onSuccess: (made) => onSaved(made.id) });
  }

  return (
    <FormBody act={act} label={host ? t("save") : t("add")} onSubmit={save} onClose={onClose}>
      {!host && (
        <TextInput
          label={t("clientId")}
          description={t("clientIdHint")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <TextInput
        label={t("name")}
        description={t("nameHint")}
        autoComplete="off"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus={host ? true : undefined}
      />
      <Textarea
        label={t("origins")}
        description={t("originsHint")}
        rows={3}
        spellCheck={false}
        value={origins}
        onChange={(event) => setOrigins(event.currentTarget.value)}
      />
      <Textarea
        label={t("redirectPaths")}
        description={t("redirectPathsHint")}
        rows={3}
        spellCheck={false}
        value={paths}
        onChange={(event) => setPaths(event.currentTarget.value)}
      />
    </FormBody>
  );
}
