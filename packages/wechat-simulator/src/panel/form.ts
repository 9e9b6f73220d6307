import type { FastifyReply } from "fastify";
import type { Store } from "../stores/store.js";
import type { Flash } from "./flash.js";

/** A submitted form: every field is a string or absent. */
export type Form = Readonly<Record<string, string | undefined>>;

/** The message to show, or the address to redirect to. */
export type FormResult = Flash | { location: string };

/** Handles a form. @throws errors that `toErrorResponse` maps to a status */
export type FormHandler = (store: Store, form: Form, reply: FastifyReply) => FormResult | Promise<FormResult>;
