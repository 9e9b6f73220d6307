import { z } from "zod/mini";

/**
 * /admin/sign-in?next=/errors?view=log: where the operator wanted to go, as an address inside the console.
 * It must begin with one slash: `//elsewhere` and `/\elsewhere` are other hosts to a browser.
 */
export const nextSearch = z.object({
  next: z.catch(z.optional(z.string().check(z.maxLength(2000), z.regex(/^\/(?![/\\])[^\\\s]*$/))), undefined),
});
