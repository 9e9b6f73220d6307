import { buildShop } from "./shop.js";

/** @throws {Error} the setting is missing; fails at the start rather than at the first sign-in */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const publicUrl = new URL(setting("PUBLIC_URL")).origin;
const port = Number(process.env.PORT ?? new URL(publicUrl).port);
buildShop({
  publicUrl,
  login: { url: setting("LOGIN_URL"), clientId: setting("CLIENT_ID"), apiKey: setting("API_KEY") },
  webhookSecret: process.env.WEBHOOK_SECRET,
  database: process.env.DATABASE ?? "shop.sqlite",
}).listen(port, "127.0.0.1", () => console.log(`Open ${publicUrl}`));
