import { z } from "zod/mini";
import { text } from "./fields.js";

/** /admin/alerts. `cursor` is that of the list of incidents. */
export const alertsSearch = z.object({ cursor: text });
