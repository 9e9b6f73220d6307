// A standalone server: `bun run` and `deno serve` serve a default export with a `fetch`; the settings are in the
// environment. Each ignores the export's properties that only the other one reads, such as Bun's `port`.
import { loginFromEnvironment } from "../environment.js";
import { memoryStores } from "../memory-stores.js";
import { honoApp } from "./hono.js";

export default {
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 4000),
  fetch: honoApp(loginFromEnvironment(process.env, memoryStores())).fetch,
};
