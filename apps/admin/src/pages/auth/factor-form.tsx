import { Button, Stack, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import type { PendingSignIn } from "../../api/types.js";
import { isTotpCode } from "../../format/totp-code.js";
import { FormError } from "../../ui/error-messages.js";
import { type TypedFactor, usePassFactor } from "./use-pass-factor.js";

/** Asks for what the operator has: a code of an app, a passkey, or a recovery code. */
export function FactorForm({
  pending,
  next,
}: {
  pending: PendingSignIn;
  next: string | undefined;
}): ReactNode {
  const t = useTranslations("factorPage");
  const pass = usePassFactor(next);
  const [asked, setAsked] = useState<TypedFactor | undefined>(pending.totp ? "totp" : undefined);
  const given = pass.variables?.kind;
  const isBusy = (kind: typeof given) => pass.isPending && given === kind;
  const problem = pass.isError && (
    <FormError error={pass.error} texts={{ factor_wrong: t(`wrong.${given ?? "totp"}`) }} />
  );

  function ask(kind: TypedFactor): void {
    pass.reset();
    setAsked(kind);
  }

  return (
    <>
      {asked && (
        <CodeForm
          key={asked}
          kind={asked}
          busy={isBusy(asked)}
          problem={problem}
          onSubmit={(code) => pass.mutate({ kind: asked, code })}
        />
      )}
      <Stack gap="xs" mt={asked ? "xs" : "md"}>
        {!asked && problem}
        {pending.passkey && (
          <Button
            variant={asked ? "default" : "filled"}
            fullWidth
            leftSection={<IconFingerprint size={18} stroke={1.7} aria-hidden />}
            loading={isBusy("passkey")}
            onClick={() => pass.mutate({ kind: "passkey" })}
            autoFocus={!asked}
          >
            {t("usePasskey")}
          </Button>
        )}
        {pending.totp && asked !== "totp" && (
          <Button variant="subtle" fullWidth onClick={() => ask("totp")}>
            {t("useApp")}
          </Button>
        )}
        {pending.recoveryCode && asked !== "recovery_code" && (
          <Button variant="subtle" fullWidth onClick={() => ask("recovery_code")}>
            {t("useRecoveryCode")}
          </Button>
        )}
      </Stack>
    </>
  );
}

function CodeForm({
  kind,
  busy,
  problem,
  onSubmit,
}: {
  kind: TypedFactor;
  busy: boolean;
  problem: ReactNode;
  onSubmit: (code: string) => void;
}): ReactNode {
  const t = useTranslations("factorPage");
  const [code, setCode] = useState("");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const isMissing = kind === "totp" ? !isTotpCode(code) : code.trim() === "";
  const attributes =
    kind === "totp"
      ? ({ inputMode: "numeric", autoComplete: "one-time-code", maxLength: 20 } as const)
      : ({ autoComplete: "off", autoCapitalize: "characters", maxLength: 100 } as const);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSubmitted(true);
    if (!isMissing) onSubmit(code.trim());
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          {...attributes}
          label={t(`typed.${kind}`)}
          description={t(`rule.${kind}`)}
          spellCheck={false}
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={wasSubmitted && isMissing && t(`missing.${kind}`)}
        />
        {problem}
        <Button type="submit" fullWidth mt="xs" loading={busy}>
          {t("submit")}
        </Button>
      </Stack>
    </form>
  );
}
