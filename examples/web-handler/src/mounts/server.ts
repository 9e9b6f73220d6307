// A server of its own: `bun run` and `deno serve` serve a default export with a `fetch`, and the settings are in the
// environment. What else they have for settings, such as Bun's port, the other one leaves alone.
import { loginFromEnvironment } from "../environment.js";
import { memoryStores } from "../memory-stores.js";
import { honoApp } from "./hono.js";

export default {
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 4000),
  fetch: honoApp(loginFromEnvironment(process.env, memoryStores())).fetch,
};
