import type { FastifyReply } from "fastify";
import type { Store } from "../stores/store.js";
import type { Flash } from "./flash.js";

/** What a form sends: every field is a text, or is not there. */
export type Form = Readonly<Record<string, string | undefined>>;

/** What to say when it is done, or the address to go to. */
export type FormResult = Flash | { location: string };

/** Does what the form asks for. @throws what `toErrorResponse` has a status for */
export type FormHandler = (store: Store, form: Form, reply: FastifyReply) => FormResult | Promise<FormResult>;
