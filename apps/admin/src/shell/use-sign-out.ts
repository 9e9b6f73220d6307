import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { clearOperator, isSignedOut, trpc } from "../api/client.js";
import { useNotify } from "../ui/use-notify.js";

export function useSignOut() {
  const t = useTranslations("operator");
  const notify = useNotify();
  return useMutation(
    trpc.operator.signOut.mutationOptions({
      onSuccess: clearOperator,
      // The operator must not believe to be signed out while the session continues.
      onError(error) {
        if (!isSignedOut(error)) notify("error", t("signOutFailed"));
      },
    }),
  );
}
