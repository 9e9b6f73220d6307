// This system as `npm start` runs it in production, with its rate limit and its log.
import { freePort } from "../../free-port.mjs";
import { app, publicUrl, returnTo, secretKey } from "../site.mjs";

export async function open({ wechatUrl, folder, databaseUrl }) {
  const port = await freePort();
  Object.assign(process.env, {
    NODE_ENV: "production",
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATA_DIR: folder,
    SECRET_KEYS: secretKey,
    WECHAT_APPS: JSON.stringify([{ key: "web", kind: "website", group: "shop", name: "Shop", ...app }]),
    WECHAT_API_URL: wechatUrl,
    ALLOW_SIMULATOR: "yes",
    TRUST_PROXY: "1",
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  });
  await import("../../../apps/api/dist/main.js");
  return {
    url: `http://127.0.0.1:${port}`,
    start: { path: `/login/wechat?return_to=${encodeURIComponent(returnTo)}` },
  };
}
