// As its README shows for several processes: getToken and saveToken with shared storage.
import WechatAPI from "co-wechat-api";
import { Redis } from "ioredis";

export function open({ apiUrl, appId, appSecret, redisUrl, prefix }) {
  const redis = new Redis(redisUrl);
  const key = `${prefix}co-wechat-api`;
  const getToken = async () => JSON.parse(await redis.get(key));
  const saveToken = (token) => redis.set(key, JSON.stringify(token));
  const api = new WechatAPI(appId, appSecret, getToken, saveToken);
  api.prefix = `${apiUrl}/cgi-bin/`;
  api.setOpts({ timeout: 5000 }); // the same timeout as wechat-oauth
  return () => api.getIp();
}
