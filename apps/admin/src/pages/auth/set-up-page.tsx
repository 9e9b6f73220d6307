import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { isLongEnough, MIN_PASSWORD_CHARACTERS } from "../../format/password-rule.js";
import { FormError } from "../../ui/error-messages.js";
import { PasswordField } from "../../ui/password-field.js";
import { AuthLayout } from "./auth-layout.js";
import classes from "./auth-layout.module.css";
import { clearSetUpSecret, useSetUpSecret } from "./set-up-secret.js";
import { useAdmitted } from "./use-admitted.js";

/** A one-time link creates an operator account, or sets a new password for an existing one. */
export function SetUpPage(): ReactNode {
  const t = useTranslations("setUp");
  const secret = useSetUpSecret();
  if (secret !== null) return <SetUpForm secret={secret} />;
  return (
    <AuthLayout title={t("noLinkTitle")} lead={t("noLinkLead")}>
      <p className={classes.help}>{t.rich("newLink", { code: (chunks) => <code>{chunks}</code> })}</p>
      <Anchor component={Link} to="/sign-in" size="sm" mt="md" display="inline-block">
        {t("toSignIn")}
      </Anchor>
    </AuthLayout>
  );
}

function SetUpForm({ secret }: { secret: string }): ReactNode {
  const t = useTranslations("setUp");
  const passwordTexts = useTranslations("password");
  const admit = useAdmitted();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const redeem = useMutation(
    trpc.operator.redeemLink.mutationOptions({
      onSuccess: (admitted) => void admit(admitted).then(clearSetUpSecret),
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSubmitted(true);
    if (username.trim() && isLongEnough(password)) {
      redeem.mutate({ secret, username: username.trim(), password });
    }
  }

  return (
    <AuthLayout title={t("title")} lead={t("lead")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={t("username")}
            description={t("usernameRule")}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            error={wasSubmitted && !username.trim() && t("usernameMissing")}
          />
          <PasswordField
            label={t("password")}
            description={passwordTexts("rule", { min: MIN_PASSWORD_CHARACTERS })}
            name="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={
              wasSubmitted &&
              !isLongEnough(password) &&
              passwordTexts("tooShort", { min: MIN_PASSWORD_CHARACTERS })
            }
          />
          {redeem.isError && <FormError error={redeem.error} />}
          <Button type="submit" fullWidth mt="xs" loading={redeem.isPending}>
            {t("submit")}
          </Button>
        </Stack>
      </form>
      <p className={classes.help}>{t("lostPassword")}</p>
    </AuthLayout>
  );
}
