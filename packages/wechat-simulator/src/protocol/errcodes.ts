/**
 * WeChat's errmsg for each errcode. For entries marked "(simulated text)" only the code is documented. The text is meant
 * for people and may change; programs should use the number.
 */
const ERRMSG: Readonly<Record<number, string>> = {
  [-1000]: "system error",
  [-1]: "system error",
  0: "ok",
  40001: "invalid credential, access_token is invalid or not latest",
  40002: "invalid grant_type",
  40003: "invalid openid",
  40007: "invalid media_id",
  40013: "invalid appid",
  40014: "invalid access_token",
  40029: "invalid code",
  40030: "invalid refresh_token",
  40031: "invalid openid list",
  40032: "invalid openid list size",
  40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
  40035: "invalid args size",
  40038: "invalid packaging type",
  40039: "invalid url size",
  40048: "invalid url domain",
  40066: "invalid url",
  40097: "invalid args",
  40125: "invalid appsecret",
  40132: "invalid username",
  40163: "code been used",
  // 203.0.113.0/24 is reserved for documentation.
  40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
  40188: "invalid scope",
  40200: "invalid account type",
  40201: "invalid check url",
  40202: "invalid check action",
  40203: "invalid check operator",
  40226: "code blocked",
  40243: "appsecret frozen (simulated text)",
  41001: "access_token missing",
  41002: "appid missing",
  41003: "refresh_token missing",
  41004: "appsecret missing",
  41008: "missing code",
  41009: "missing openid",
  41010: "missing url",
  41011: "missing required fields! please check document and request json!",
  41018: "missing component_appid",
  42001: "access_token expired",
  42002: "refresh_token expired",
  42003: "code expired",
  42007: "access_token and refresh_token exception",
  43001: "require GET method",
  43002: "require POST method",
  43003: "require https",
  43004: "require subscribe",
  43005: "require friend relations",
  43019: "require remove blacklist",
  43104: "this appid does not have permission",
  44002: "empty post data",
  45002: "content size out of limit",
  45009: "reach max api daily quota limit",
  45011: "api minute-quota reach limit, must slower, retry next minute",
  45035: "access clientip is not registered, not in ip-white-list",
  46004: "user no exist",
  47001: "data format error",
  48001: "api unauthorized",
  48002: "user block receive message",
  48004: "api forbidden for irregularities, view detail on mp.weixin.qq.com",
  48006: "forbid to clear quota because of reaching the limit",
  50001: "api unauthorized or user unauthorized",
  50002: "user limited",
  50003: "user unexpected, maybe not in white list",
  50004: "user not allow to use accesstoken, maybe for punishment",
  50005: "user is unsubscribed",
  50007: "account frozen (simulated text)",
  61003: "component is not authorized by this account",
  61004: "access clientip is not registered",
  61007: "api is unauthorized to component",
  61014: "must use component token for component api",
  61016: "function category of API need be confirmed by component",
  61023: "refresh_token is invalid",
  61024: "must use api(api_component_token) to get token for component acct",
  61450: "system error",
  61451: "invalid parameter",
  63001: "some arguments is empty",
  63002: "invalid signature",
  76001: "rid not found, please check",
  76002: "rid is error",
  76003: "could not query this rid,no permission",
  76021: "cgi_path not found, please check",
  76022: "could not use this cgi_path,no permission",
  87007: "session_key is not existd or expired",
  87009: "invalid signature",
  89501: "此 IP 的确认请求正在等待管理员处理 (simulated text)",
  89502: "请等待管理员确认 (simulated text)",
  89503: "此次调用需要管理员确认 (simulated text)",
  89504: "正在等待管理员确认 (simulated text)",
  89505: "正在等待管理员确认 (simulated text)",
  89506: "管理员已拒绝,请 24 小时后再试 (simulated text)",
  89507: "管理员已拒绝,请 1 小时后再试 (simulated text)",
  9001002: "远端服务不可用 (simulated text)",
};

/** The longer errmsg that /cgi-bin/token has for 45009. */
export const TOKEN_QUOTA_ERRMSG =
  "reach max api daily quota limit, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r";

/** The errmsg of an errcode; a placeholder for a code outside WeChat's list. */
export function errmsgOf(errcode: number): string {
  return ERRMSG[errcode] ?? "unknown error (simulated text)";
}

/** Every errcode with its errmsg, in ascending order. */
export function listErrcodes(): { errcode: number; errmsg: string }[] {
  return Object.entries(ERRMSG)
    .map(([errcode, errmsg]) => ({ errcode: Number(errcode), errmsg }))
    .filter(({ errcode }) => errcode !== 0)
    .sort((a, b) => a.errcode - b.errcode);
}
