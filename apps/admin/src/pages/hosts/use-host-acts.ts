import { useMutation } from "@tanstack/react-query";
import { queryClient, trpc } from "../../api/client.js";

/** Read again after a refusal too, because another owner may have been faster. */
const readAgain = () => queryClient.invalidateQueries(trpc.hosts.pathFilter());

const after = { onSuccess: readAgain, onError: readAgain };

/** What an owner, and partly an operator, does to host applications. */
export function useHostActs() {
  return {
    create: useMutation(trpc.hosts.create.mutationOptions({ onSuccess: readAgain })),
    update: useMutation(trpc.hosts.update.mutationOptions({ onSuccess: readAgain })),
    disable: useMutation(trpc.hosts.disable.mutationOptions(after)),
    enable: useMutation(trpc.hosts.enable.mutationOptions(after)),
    createKey: useMutation(trpc.hosts.createKey.mutationOptions({ onSuccess: readAgain })),
    revokeKey: useMutation(trpc.hosts.revokeKey.mutationOptions(after)),
    createWebhook: useMutation(trpc.hosts.createWebhook.mutationOptions({ onSuccess: readAgain })),
    updateWebhook: useMutation(trpc.hosts.updateWebhook.mutationOptions({ onSuccess: readAgain })),
    enableWebhook: useMutation(trpc.hosts.enableWebhook.mutationOptions(after)),
    rotateSecret: useMutation(trpc.hosts.rotateWebhookSecret.mutationOptions(after)),
    deleteWebhook: useMutation(trpc.hosts.deleteWebhook.mutationOptions(after)),
    testWebhook: useMutation(trpc.hosts.testWebhook.mutationOptions(after)),
    resend: useMutation(trpc.hosts.resend.mutationOptions(after)),
  };
}
