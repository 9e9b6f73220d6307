import { z } from "zod";
import { defineOperation, type Operation } from "../../src/domain/hosts/operation.js";

/** Has what the operations of today do not have: a shared schema, choices, a secret, a query. */
const Thing = z.object({ id: z.string(), state: z.enum(["on", "off"]) }).meta({ id: "Thing" });
export const made = defineOperation({
  name: "things.make",
  method: "POST",
  path: "/shelves/{shelf}/things",
  scope: "bind",
  summary: "Makes <a> thing",
  input: z.object({
    shelf: z.string(),
    size: z.int().default(1),
    draft: z.boolean().default(false),
    label: z.string().optional(),
  }),
  output: z.object({ thing: Thing, others: z.array(Thing).nullable(), url: z.url() }),
  secretFields: ["url"],
  run: async () => ({ thing: { id: "1", state: "on" as const }, others: null, url: "https://x.example" }),
}) as unknown as Operation;
export const listed = defineOperation({
  name: "things.list",
  method: "GET",
  path: "/shelves/{shelf}/things",
  scope: null,
  summary: "The things",
  input: z.object({ shelf: z.string(), limit: z.coerce.number().int().max(200).default(50) }),
  output: z.object({ items: z.array(Thing), nextCursor: z.string().nullable() }),
  run: async () => ({ items: [], nextCursor: null }),
}) as unknown as Operation;

/** Has a body that may be left out, words about fields, choices and an answer without a field. */
export const replaced = defineOperation({
  name: "shelves.replace",
  method: "PUT",
  path: "/shelves/{shelf}",
  scope: "tokens",
  summary: "Replaces a shelf",
  input: z.object({
    shelf: z.string().meta({ description: "Its <name>" }),
    depth: z.int().min(1).optional().meta({ description: "In cm" }),
    state: z.union([z.literal("full"), z.number()]).optional(),
  }),
  output: z.object({}),
  run: async () => ({}),
}) as unknown as Operation;

/** Has a body of nothing, and a query that must be given. */
export const sorted = defineOperation({
  name: "shelves.sort",
  method: "POST",
  path: "/shelves/{shelf}/sort",
  scope: "bind",
  summary: "Sorts a shelf",
  input: z.object({ shelf: z.string() }),
  output: z.object({ first: z.union([Thing, z.object({ gap: z.number() })]), seen: z.any() }),
  isReadOnly: true,
  run: async () => ({ first: { gap: 1 }, seen: 1 }),
}) as unknown as Operation;
export const removed = defineOperation({
  name: "shelves.remove",
  method: "DELETE",
  path: "/shelves/{shelf}",
  scope: "bind",
  summary: "Removes a shelf",
  input: z.object({ shelf: z.string(), why: z.string() }),
  output: z.object({ removed: z.boolean() }),
  run: async () => ({ removed: true }),
}) as unknown as Operation;
