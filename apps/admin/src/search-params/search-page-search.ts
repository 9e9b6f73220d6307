import { z } from "zod/mini";
import { text } from "./fields.js";

/** /admin/search: what was searched for. */
export const searchPageSearch = z.object({ q: text });
