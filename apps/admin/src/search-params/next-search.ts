import { z } from "zod/mini";

/**
 * /admin/sign-in?next=/errors?view=log: the path inside the console that the operator requested. It must begin
 * with exactly one slash, because a browser reads `//evil.example` and `/\evil.example` as another host.
 */
export const nextSearch = z.object({
  next: z.catch(z.optional(z.string().check(z.maxLength(2000), z.regex(/^\/(?![/\\])[^\\\s]*$/))), undefined),
});
