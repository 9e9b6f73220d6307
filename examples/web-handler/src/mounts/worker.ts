import { type Environment, loginFromEnvironment } from "../environment.ts";
import type { LoginHandler } from "../handler.ts";
import { memoryStores } from "../memory-stores.ts";

let login: LoginHandler | undefined;

/** For Workers, which pass the settings with each request. */
export default {
  fetch(request: Request, env: Environment): Promise<Response> {
    // Isolates share no memory, and a key-value store cannot claim atomically: deploy with stores in a database or a
    // Durable Object.
    login ??= loginFromEnvironment(env, memoryStores());
    return login(request);
  },
};
