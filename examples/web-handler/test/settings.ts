import { demoOfficialAccount, demoWebsite } from "@wechat-login/simulator";
import type { Environment } from "../src/environment.ts";

export function environment(wechatUrl: string): Environment {
  return {
    PUBLIC_URL: "http://localhost:4000",
    WECHAT_URL: wechatUrl,
    OFFICIAL_ACCOUNT_APP_ID: demoOfficialAccount.appId,
    OFFICIAL_ACCOUNT_APP_SECRET: demoOfficialAccount.appSecret,
    WEBSITE_APP_ID: demoWebsite.appId,
    WEBSITE_APP_SECRET: demoWebsite.appSecret,
  };
}
