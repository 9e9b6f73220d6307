// The `wechat-oauth` of the npm registry, another project. Its base URL is fixed, but all its requests go through
// `request`, which a subclass can redirect.
import { promisify } from "node:util";
import OAuth from "wechat-oauth-of-npm";

export function create({ apiUrl, appId, appSecret }) {
  class LocalOAuth extends OAuth {
    request(url, options, callback) {
      super.request(url.replace("https://api.weixin.qq.com", apiUrl), options, callback);
    }
  }
  const oauth = new LocalOAuth(appId, appSecret);
  const getUserByCode = promisify(oauth.getUserByCode).bind(oauth);
  return ({ code }) => getUserByCode(code);
}
