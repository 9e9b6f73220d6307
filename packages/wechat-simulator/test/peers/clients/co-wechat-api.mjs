import { readFile, writeFile } from "node:fs/promises";
import WechatAPI from "co-wechat-api";
import { answerCalls } from "./answer-calls.mjs";

const { APP_ID, APP_SECRET, TOKEN_FILE } = process.env;

/** The store from its README for several processes: a shared file. */
const shared = [
  async () => JSON.parse(await readFile(TOKEN_FILE, "utf8").catch(() => "null")),
  (token) => writeFile(TOKEN_FILE, JSON.stringify(token)),
];
const api = new WechatAPI(APP_ID, APP_SECRET, ...(TOKEN_FILE ? shared : []));
api.setOpts({ timeout: 20_000 }); // slow machines are not what is tested

answerCalls({
  user: (openid) => api.getUser(openid),
  usersAtOnce: (openid, times) => Promise.all(Array.from({ length: times }, () => api.getUser(openid))),
  jsConfig: (url) => api.getJsConfig({ url, jsApiList: [] }),
  ticket: async () => (await api.ensureTicket()).ticket,
});
