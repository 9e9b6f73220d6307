import { z } from "zod";
import { signedInUserShape } from "../host-user.js";
import { introspect } from "../introspect.js";
import { defineOperation } from "../operation.js";

export const introspectSession = defineOperation({
  name: "sessions.introspect",
  method: "POST",
  path: "/sessions/introspect",
  scope: "sessions",
  isReadOnly: true,
  summary: "Who is signed in, by the Cookie header that a browser sent to your server on the same origin",
  input: z.object({
    // A server takes at most 16 KiB of headers.
    cookie: z.string().max(16_384).meta({ description: "The header as it came, with all its cookies" }),
  }),
  output: z.union([
    z.object({ active: z.literal(false) }),
    z.object({
      active: z.literal(true),
      sessionId: z.string(),
      ...signedInUserShape,
      expiresAt: z.iso.datetime().meta({
        description: "At the latest: one that is not used, or that someone ends, is over earlier",
      }),
    }),
  ]),
  run: (context, { cookie }) => introspect(context, cookie),
});
