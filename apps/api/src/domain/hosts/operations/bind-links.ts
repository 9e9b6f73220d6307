import { z } from "zod";
import { createBindLink, readBindLink } from "../bind-links.js";
import { defineOperation } from "../operation.js";
import { externalIdInput } from "./inputs.js";
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
    externalId: externalIdInput,
    label: z.string().trim().min(1).max(64).refine(withoutControlCharacters, "has control characters").meta({
      description: "How your page calls this user: the person reads it before they agree",
      example: "m•••@mail.example",
    }),
    returnTo: z.string().meta({
      description: "Where the browser goes then: an origin and redirect path of this host application",
    }),
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
    userId: z.string().nullable().meta({ description: "Who used it" }),
  }),
  run: (context, { id }) => readBindLink(context, id),
});
