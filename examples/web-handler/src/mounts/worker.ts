import { type Environment, loginFromEnvironment } from "../environment.js";
import type { LoginHandler } from "../handler.js";
import { memoryStores } from "../memory-stores.js";

let login: LoginHandler | undefined;

/** For Workers, Bun (`bun run`) and Deno (`deno serve`), which all know `export default { fetch }`. */
export default {
  fetch(request: Request, env: Environment): Promise<Response> {
    // Isolates share no memory, and a key-value store cannot claim in one step: deploy with stores over a database
    // or a Durable Object.
    login ??= loginFromEnvironment(env, memoryStores());
    return login(request);
  },
};
