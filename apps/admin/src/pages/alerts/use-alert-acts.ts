import { useMutation } from "@tanstack/react-query";
import { queryClient, trpc } from "../../api/client.js";

/** The channels are read again after a refusal too, because another operator may have been faster. */
const readAgain = () => queryClient.invalidateQueries(trpc.alerts.pathFilter());

const after = { onSuccess: readAgain, onError: readAgain };

/** What is done to the channels of alerts. */
export function useAlertActs() {
  return {
    create: useMutation(trpc.alerts.createChannel.mutationOptions(after)),
    update: useMutation(trpc.alerts.updateChannel.mutationOptions(after)),
    disable: useMutation(trpc.alerts.disableChannel.mutationOptions(after)),
    enable: useMutation(trpc.alerts.enableChannel.mutationOptions(after)),
    remove: useMutation(trpc.alerts.deleteChannel.mutationOptions(after)),
    test: useMutation(trpc.alerts.testChannel.mutationOptions()),
  };
}
