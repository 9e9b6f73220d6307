// Its base URL is fixed, but all its requests go through `request`, which a subclass can redirect.
import OAuth from "co-wechat-oauth";

export function create({ apiUrl, appId, appSecret }) {
  class LocalOAuth extends OAuth {
    request(url, options) {
      return super.request(url.replace("https://api.weixin.qq.com", apiUrl), options);
    }
  }
  const oauth = new LocalOAuth(appId, appSecret);
  return ({ code }) => oauth.getUserByCode(code);
}
