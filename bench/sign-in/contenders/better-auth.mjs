// better-auth with its WeChat provider, on SQLite as fast as this system's: a write-ahead log, synchronous = NORMAL.
import { createServer } from "node:http";
import { join } from "node:path";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import Database from "better-sqlite3";
import { app, publicUrl, returnTo, secretKey } from "../site.mjs";

export async function open({ wechatUrl, folder }) {
  // The provider's addresses are fixed.
  const { fetch } = globalThis;
  globalThis.fetch = (url, init) => fetch(String(url).replace("https://api.weixin.qq.com", wechatUrl), init);

  const database = new Database(join(folder, "better-auth.sqlite"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  const options = {
    database,
    baseURL: publicUrl,
    secret: secretKey,
    socialProviders: { wechat: { clientId: app.appId, clientSecret: app.appSecret, lang: "cn" } },
    account: { encryptOAuthTokens: true },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const server = createServer(toNodeHandler(betterAuth(options)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    start: {
      ...{ method: "POST", path: "/api/auth/sign-in/social" },
      body: JSON.stringify({ provider: "wechat", callbackURL: returnTo }),
    },
  };
}
