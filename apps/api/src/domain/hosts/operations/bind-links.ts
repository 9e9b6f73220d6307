import { z } from "zod";
import { createBindLink, readBindLink } from "../bind-links.js";
import { defineOperation } from "../operation.js";
import { nonceInput } from "./tickets.js";

const withoutControlCharacters = (text: string) => !/\p{Cc}/u.test(text);

const time = z.iso.datetime();

export const createLink = defineOperation({
  name: "bindLinks.create",
  method: "POST",
  path: "/bind-links",
  scope: "bind",
  secretFields: ["url"],
  summary: "A link by which one of your users connects WeChat: once, within 10 minutes",
  input: z.object({
    externalId: z.string().min(1).max(128).refine(withoutControlCharacters, "has control characters"),
    /** How your page calls this user, such as a masked mail address: the person reads it before they agree. */
    label: z.string().trim().min(1).max(64).refine(withoutControlCharacters, "has control characters"),
    returnTo: z.string(),
    nonce: nonceInput,
  }),
  output: z.object({ id: z.string(), url: z.string(), expiresAt: time }),
  run: (context, input) => createBindLink(context, input),
});

export const getLink = defineOperation({
  name: "bindLinks.get",
  method: "GET",
  path: "/bind-links/{id}",
  scope: "bind",
  summary: "What became of a bind link",
  input: z.object({ id: z.string() }),
  output: z.object({
    id: z.string(),
    state: z.enum(["open", "used", "expired"]),
    externalId: z.string(),
    createdAt: time,
    expiresAt: time,
    usedAt: time.nullable(),
    /** Who used it. */
    userId: z.string().nullable(),
  }),
  run: (context, { id }) => readBindLink(context, id),
});
