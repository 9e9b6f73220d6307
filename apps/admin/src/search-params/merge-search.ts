import { z } from "zod/mini";
import { text } from "./fields.js";

/** /admin/people/merge: `user` and `other` are the two people, `q` what the other one was searched by. */
export const mergeSearch = z.object({ user: text, other: text, q: text });
