import { useMutation } from "@tanstack/react-query";
import { appCodeOf, queryClient, trpc } from "../../api/client.js";
import { signWithPasskey } from "../../api/passkeys.js";
import { useAdmitted } from "./use-admitted.js";

export type TypedFactor = "totp" | "recovery_code";

/** What an operator gives; a passkey is asked of the browser. */
type Given = { kind: TypedFactor; code: string } | { kind: "passkey" };

/** Ends a sign-in with a second factor. One that waited too long becomes none, upon which the page leads to the password. */
export function usePassFactor(next: string | undefined) {
  const admit = useAdmitted();
  const call = useMutation(trpc.operator.passFactor.mutationOptions());
  return useMutation({
    mutationFn: async (given: Given) =>
      call.mutateAsync(
        given.kind === "passkey" ? { kind: "passkey", response: { ...(await signed()) } } : given,
      ),
    onSuccess: (operator) => void admit(operator, next),
    onError(error) {
      if (appCodeOf(error) !== "sign_in_expired") return;
      queryClient.setQueryData(trpc.operator.pendingSignIn.queryKey(), null);
    },
  });
}

/** Each challenge works once, so none is kept. */
async function signed() {
  const options = trpc.operator.passkeyRequest.queryOptions(undefined, { staleTime: 0, gcTime: 0 });
  return signWithPasskey(await queryClient.fetchQuery(options));
}
