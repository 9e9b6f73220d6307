import { Group, NativeSelect, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { AlertChannel } from "../../api/types.js";
import { FormBody } from "../../components/form-body.js";
import { useAlertActs } from "./use-alert-acts.js";

const kinds = ["wecom", "feishu", "dingtalk", "slack", "webhook"] as const;
const signing: ReadonlySet<string> = new Set(["feishu", "dingtalk"]);

const textOf = (minutes: number | undefined) =>
  minutes === undefined
    ? ""
    : `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const minutesOf = (text: string) => {
  const [hours, minutes] = text.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
};

/** Adds a channel, or changes one. */
export function ChannelForm({
  channel,
  onClose,
  onSaved,
}: {
  channel?: AlertChannel;
  onClose: () => void;
  /** With the secret of a new webhook. */
  onSaved: (secret: string | null) => void;
}): ReactNode {
  const t = useTranslations("alerts");
  const acts = useAlertActs();
  const locale = useLocale();
  const [kind, setKind] = useState<AlertChannel["kind"]>(channel?.kind ?? "wecom");
  const [name, setName] = useState(channel?.name ?? "");
  const [url, setUrl] = useState("");
  const [secret, setSecret] = useState("");
  const [language, setLanguage] = useState<"zh" | "en">(channel?.language ?? (locale === "zh" ? "zh" : "en"));
  const [timeZone, setTimeZone] = useState(
    channel?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
  const [from, setFrom] = useState(textOf(channel?.quiet?.from));
  const [to, setTo] = useState(textOf(channel?.quiet?.to));
  const act = channel ? acts.update : acts.create;

  function save() {
    const quiet = from !== "" && to !== "" ? { from: minutesOf(from), to: minutesOf(to) } : null;
    const values = { name: name.trim(), language, timeZone: timeZone.trim(), quiet };
    const signed = secret.trim() === "" ? {} : { secret: secret.trim() };
    if (channel) {
      const address = url.trim() === "" ? {} : { url: url.trim() };
      acts.update.mutate(
        { id: channel.id, ...values, ...address, ...signed },
        { onSuccess: () => onSaved(null) },
      );
    } else {
      acts.create.mutate(
        { kind, url: url.trim(), ...values, ...signed },
        { onSuccess: (made) => onSaved(made.secret) },
      );
    }
  }

  return (
    <FormBody act={act} label={channel ? t("save") : t("add")} onSubmit={save} onClose={onClose}>
      {!channel && (
        <NativeSelect
          label={t("kind")}
          value={kind}
          onChange={({ currentTarget: { value } }) => setKind(kinds.find((one) => one === value) ?? "wecom")}
        >
          {kinds.map((one) => (
            <option key={one} value={one}>
              {t(`kinds.${one}`)}
            </option>
          ))}
        </NativeSelect>
      )}
      <TextInput
        label={t("name")}
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t("url")}
        description={channel ? t("urlKept") : t("urlHint")}
        placeholder="https://"
        type="url"
        autoComplete="off"
        maxLength={2000}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      {signing.has(kind) && (
        <TextInput
          label={t("secret")}
          description={channel?.isSigned ? t("secretKept") : t("secretHint")}
          autoComplete="off"
          maxLength={200}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
      )}
      <Group grow align="flex-start">
        <NativeSelect
          label={t("language")}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value === "zh" ? "zh" : "en")}
        >
          <option value="zh">中文</option>
          <option value="en">English</option>
        </NativeSelect>
        <TextInput
          label={t("timeZone")}
          maxLength={60}
          value={timeZone}
          onChange={(event) => setTimeZone(event.currentTarget.value)}
        />
      </Group>
      <Group grow align="flex-start">
        <TextInput
          label={t("quietFrom")}
          type="time"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          label={t("quietTo")}
          type="time"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </Group>
      <small>{t("quietHint")}</small>
    </FormBody>
  );
}
