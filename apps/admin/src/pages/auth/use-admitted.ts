import { useNavigate } from "@tanstack/react-router";
import { queryClient, setOperator, trpc } from "../../api/client.js";
import type { Admitted } from "../../api/types.js";

/** Goes on after a right password or a used link: into the console, or to the question for a second factor. */
export function useAdmitted(): (admitted: Admitted, next?: string) => Promise<void> {
  const navigate = useNavigate();
  return (admitted, next) => {
    if ("factorNeeded" in admitted) {
      // Of an earlier sign-in, perhaps of another operator.
      queryClient.removeQueries(trpc.operator.pendingSignIn.queryFilter());
      return navigate({ to: "/sign-in/factor", search: { next }, replace: true });
    }
    setOperator(admitted);
    // `next` is validated: it can only be a path inside the console.
    return navigate({ to: next ?? "/overview", replace: true });
  };
}
