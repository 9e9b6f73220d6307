// As it is without getToken and saveToken: each process keeps a token of its own.
import WechatAPI from "co-wechat-api";

export function open({ apiUrl, appId, appSecret }) {
  const api = new WechatAPI(appId, appSecret);
  api.prefix = `${apiUrl}/cgi-bin/`;
  api.setOpts({ timeout: 5000 }); // as patient as ours
  return () => api.getIp();
}
