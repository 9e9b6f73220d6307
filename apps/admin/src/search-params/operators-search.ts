import { z } from "zod/mini";
import { text } from "./fields.js";

/** /admin/operators. `open` is the operator in the drawer. */
export const operatorsSearch = z.object({ cursor: text, open: text });
