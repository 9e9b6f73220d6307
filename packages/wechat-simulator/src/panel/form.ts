import type { FastifyReply } from "fastify";
import type { World } from "../stores/store.js";
import type { Done } from "./flash.js";

/** What a form sends: every field is a text, or is not there. */
export type Form = Readonly<Record<string, string | undefined>>;

/** What to say when it is done, or the address to go to. */
export type FormResult = Done | { location: string };

/** Does what the form asks for. @throws what `problemOf` has a status for */
export type FormAct = (world: World, form: Form, reply: FastifyReply) => FormResult | Promise<FormResult>;
