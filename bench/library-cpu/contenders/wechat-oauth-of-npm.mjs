// The `wechat-oauth` of the npm registry, which is somebody else's. Its base URL is fixed; all its requests go
// through `request`, which a subclass may send elsewhere.
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
