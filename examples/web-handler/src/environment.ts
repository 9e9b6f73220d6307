import { createLoginHandler, type LoginHandler } from "./handler.ts";
import type { Stores } from "./stores.ts";

/** The settings, from `process.env` or from a Worker's bindings. */
export interface Environment {
  readonly [name: string]: string | undefined;
}

/** @throws {Error} a setting is missing; fails at the start rather than at the first sign-in */
export function loginFromEnvironment(env: Environment, stores: Stores): LoginHandler {
  const setting = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  return createLoginHandler({
    publicUrl: new URL(setting("PUBLIC_URL")).origin,
    officialAccount: {
      appId: setting("OFFICIAL_ACCOUNT_APP_ID"),
      appSecret: setting("OFFICIAL_ACCOUNT_APP_SECRET"),
    },
    website: { appId: setting("WEBSITE_APP_ID"), appSecret: setting("WEBSITE_APP_SECRET") },
    wechatUrl: env.WECHAT_URL, // a simulator's base URL; unset for the real WeChat
    onError: (error) => console.error(error),
    ...stores,
  });
}
