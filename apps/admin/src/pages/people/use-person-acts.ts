import { useMutation } from "@tanstack/react-query";
import { readPeopleAgain, trpc } from "../../api/client.js";

/**
 * The acts on a person. `onDone` is called once the person was read again; after a refusal they are read again too, because
 * another operator may have been faster.
 */
export function usePersonActs(onDone: (act: PersonAct) => void) {
  const after = (act: PersonAct) => ({
    onSuccess: async () => {
      await readPeopleAgain();
      onDone(act);
    },
    onError: readPeopleAgain,
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
