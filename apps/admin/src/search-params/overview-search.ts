import { z } from "zod/mini";
import { text } from "./fields.js";
import { rangeFields } from "./time-range.js";

/** /admin/overview. */
export const overviewSearch = z.object({ appId: text, ...rangeFields });
