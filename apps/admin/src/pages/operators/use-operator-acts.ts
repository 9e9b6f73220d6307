import { useMutation } from "@tanstack/react-query";
import { queryClient, trpc } from "../../api/client.js";

/** The list is read again after a refusal too, because another owner may have been faster. */
const readAgain = () => queryClient.invalidateQueries(trpc.operators.pathFilter());

const after = { onSuccess: readAgain, onError: readAgain };

/** What an owner does to operators. */
export function useOperatorActs() {
  return {
    invite: useMutation(trpc.operators.invite.mutationOptions()),
    passwordLink: useMutation(trpc.operators.createPasswordLink.mutationOptions()),
    changeRole: useMutation(trpc.operators.changeRole.mutationOptions(after)),
    disable: useMutation(trpc.operators.disable.mutationOptions(after)),
    enable: useMutation(trpc.operators.enable.mutationOptions(after)),
    resetFactors: useMutation(trpc.operators.resetFactors.mutationOptions(after)),
    setFactorPolicy: useMutation(trpc.operators.setFactorPolicy.mutationOptions(after)),
    endSessions: useMutation(trpc.operators.endSessions.mutationOptions(after)),
  };
}
