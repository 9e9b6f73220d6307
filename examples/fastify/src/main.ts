import { buildApp } from "./app.js";

/** @throws {Error} the setting is missing; fails at the start rather than at the first sign-in */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const publicUrl = new URL(setting("PUBLIC_URL")).origin;
const app = buildApp({
  publicUrl,
  officialAccount: {
    appId: setting("OFFICIAL_ACCOUNT_APP_ID"),
    appSecret: setting("OFFICIAL_ACCOUNT_APP_SECRET"),
  },
  website: { appId: setting("WEBSITE_APP_ID"), appSecret: setting("WEBSITE_APP_SECRET") },
  wechatUrl: process.env.WECHAT_URL || undefined,
  log: process.stdout,
});
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 4000) });
console.log(`Open ${publicUrl}`);
