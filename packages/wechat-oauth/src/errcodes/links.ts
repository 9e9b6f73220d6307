/** WeChat's pages that explain codes. They are in Chinese, and less detailed than this table. */
export const links = {
  returnCodes: "https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html",
  authorizePage:
    "https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html",
  globalToken: "https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html",
  stableToken: "https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html",
  openPlatform:
    "https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html",
  miniProgramLogin:
    "https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html",
} as const;
