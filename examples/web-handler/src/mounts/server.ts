// A standalone server: `bun run` and `deno serve` serve a default export with a `fetch`; the settings are in the
// environment. Each ignores the export's properties that only the other one reads, such as Bun's `port`.
import { loginFromEnvironment } from "../environment.ts";
import { memoryStores } from "../memory-stores.ts";
import { honoApp } from "./hono.ts";

export default {
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 4000),
  fetch: honoApp(loginFromEnvironment(process.env, memoryStores())).fetch,
};
