import { z } from "zod/mini";
import { auditEvents } from "../pages/audit/event-text.js";
import { oneOf, text } from "./fields.js";
import { rangeFields } from "./time-range.js";

/** /admin/audit. `operatorId` is also a host application with one of its keys. `open` is the entry in the drawer. */
export const auditSearch = z.object({
  operatorId: text,
  event: oneOf(auditEvents),
  target: text,
  result: oneOf(["ok", "denied", "refused"]),
  ...rangeFields,
  cursor: text,
  open: text,
});
