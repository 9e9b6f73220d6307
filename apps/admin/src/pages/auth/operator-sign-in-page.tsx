import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { FormError } from "../../ui/error-messages.js";
import { PasswordField } from "../../ui/password-field.js";
import { AuthLayout } from "./auth-layout.js";
import classes from "./auth-layout.module.css";
import { useAdmitted } from "./use-admitted.js";

const route = getRouteApi("/sign-in");

export function OperatorSignInPage(): ReactNode {
  const t = useTranslations("signInPage");
  const { next } = route.useSearch();
  const admit = useAdmitted();
  const [fields, setFields] = useState({ username: "", password: "" });
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const signIn = useMutation(
    trpc.operator.signIn.mutationOptions({
      onSuccess: (admitted) => void admit(admitted, next),
    }),
  );

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setWasSubmitted(true);
    if (fields.username && fields.password) signIn.mutate(fields);
  }

  return (
    <AuthLayout title={t("title")} lead={t("lead")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={t("username")}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            value={fields.username}
            onChange={(event) => setFields({ ...fields, username: event.currentTarget.value })}
            error={wasSubmitted && !fields.username && t("usernameMissing")}
          />
          <PasswordField
            label={t("password")}
            name="password"
            autoComplete="current-password"
            value={fields.password}
            onChange={(event) => setFields({ ...fields, password: event.currentTarget.value })}
            error={wasSubmitted && !fields.password && t("passwordMissing")}
          />
          {signIn.isError && <FormError error={signIn.error} />}
          <Button type="submit" fullWidth mt="xs" loading={signIn.isPending}>
            {t("submit")}
          </Button>
        </Stack>
      </form>
      <p className={classes.help}>{t.rich("help", { code: (chunks) => <code>{chunks}</code> })}</p>
    </AuthLayout>
  );
}
