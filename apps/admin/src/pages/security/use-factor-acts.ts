import { useMutation } from "@tanstack/react-query";
import { queryClient, trpc } from "../../api/client.js";
import { makePasskey } from "../../api/passkeys.js";

/** Also `me`, which tells whether one must be added, and the owners' list, which counts them. */
function readAgain(): Promise<unknown> {
  const changed = [
    trpc.secondFactor.pathFilter(),
    trpc.operators.pathFilter(),
    trpc.operator.me.queryFilter(),
  ];
  return Promise.all(changed.map((filter) => queryClient.invalidateQueries(filter)));
}

const after = { onSuccess: readAgain, onError: readAgain };

/** What operators do to their own second factors. */
export function useFactorActs() {
  const startPasskey = useMutation(trpc.secondFactor.startPasskey.mutationOptions());
  const confirmPasskey = useMutation(trpc.secondFactor.confirmPasskey.mutationOptions());
  return {
    startTotp: useMutation(trpc.secondFactor.startTotp.mutationOptions()),
    confirmTotp: useMutation(trpc.secondFactor.confirmTotp.mutationOptions({ onSuccess: readAgain })),
    addPasskey: useMutation({
      async mutationFn({ password, name }: { password: string; name: string }) {
        const response = await makePasskey(await startPasskey.mutateAsync({ password }));
        return confirmPasskey.mutateAsync({ response: { ...response }, name });
      },
      onSuccess: readAgain,
    }),
    remove: useMutation(trpc.secondFactor.remove.mutationOptions(after)),
    renewCodes: useMutation(trpc.secondFactor.renewRecoveryCodes.mutationOptions(after)),
  };
}
