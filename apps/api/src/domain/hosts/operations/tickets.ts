import { z } from "zod";
import { signedInUserShape } from "../host-user.js";
import { defineOperation } from "../operation.js";
import { isNonce, redeem } from "../tickets.js";

export const nonceInput = z
  .string()
  .refine(isNonce, "is 16 to 200 letters, digits or - . _ ~")
  .meta({ description: "As the host keeps it in this browser's cookie" });

export const redeemTicket = defineOperation({
  name: "tickets.redeem",
  method: "POST",
  path: "/tickets/redeem",
  scope: "tickets",
  isReadOnly: true,
  summary: "Who came back with this ticket: once, within 60 seconds, with the nonce of this browser",
  input: z.object({ ticket: z.string().min(1).max(200), nonce: nonceInput }),
  output: z.object({
    ...signedInUserShape,
    isNew: z.boolean().meta({ description: "Whether this very sign-in made the user" }),
  }),
  run: (context, input) => redeem(context, input),
});
