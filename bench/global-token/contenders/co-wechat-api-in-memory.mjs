// Without getToken and saveToken: each process keeps its own token.
import WechatAPI from "co-wechat-api";

export function open({ apiUrl, appId, appSecret }) {
  const api = new WechatAPI(appId, appSecret);
  api.prefix = `${apiUrl}/cgi-bin/`;
  api.setOpts({ timeout: 5000 }); // the same timeout as wechat-oauth
  return () => api.getIp();
}
