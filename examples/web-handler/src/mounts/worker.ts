import { type Environment, loginFromEnvironment } from "../environment.js";
import type { LoginHandler } from "../handler.js";
import { memoryStores } from "../memory-stores.js";

let login: LoginHandler | undefined;

/** For Workers, which hand the settings over with each request. */
export default {
  fetch(request: Request, env: Environment): Promise<Response> {
    // Isolates share no memory, and a key-value store cannot claim in one step: deploy with stores over a database
    // or a Durable Object.
    login ??= loginFromEnvironment(env, memoryStores());
    return login(request);
  },
};
