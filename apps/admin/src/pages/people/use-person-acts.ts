import { useMutation } from "@tanstack/react-query";
import { queryClient, trpc } from "../../api/client.js";

/** After an act, everything that shows the person is read again. */
const readAgain = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: trpc.people.pathKey() }),
    queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() }),
  ]);

/** The acts on a person. `onDone` is called once the person was read again. */
export function usePersonActs(onDone: (act: PersonAct) => void) {
  const after = (act: PersonAct) => ({
    onSuccess: async () => {
      await readAgain();
      onDone(act);
    },
  });
  return {
    block: useMutation(trpc.people.block.mutationOptions(after("block"))),
    unblock: useMutation(trpc.people.unblock.mutationOptions(after("unblock"))),
    endSessions: useMutation(trpc.people.endSessions.mutationOptions(after("endSessions"))),
    unbind: useMutation(trpc.people.unbind.mutationOptions(after("unbind"))),
    erase: useMutation(trpc.people.erase.mutationOptions(after("erase"))),
  };
}

export type PersonAct = "block" | "unblock" | "endSessions" | "unbind" | "erase";
