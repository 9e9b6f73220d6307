import type { Text } from "../protocol/text.js";

/** One call of the control API, for whoever writes a script. */
export interface ApiCall {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  about: Text;
  /** JSON of an example; undefined where the call has no body. */
  example?: string;
}

export const API_CALLS: readonly ApiCall[] = [
  {
    method: "GET",
    path: "/_simulator/state",
    about: {
      en: "People with their openids, apps, faults, switches, codes alive.",
      zh: "用户及其 openid、应用、故障、开关、有效 code 数。",
    },
  },
  {
    method: "GET",
    path: "/_simulator/requests",
    about: {
      en: "The last 1000 requests with answers and reasons, the secret masked.",
      zh: "最近 1000 个请求，含应答和原因，密钥已遮蔽。",
    },
  },
  { method: "DELETE", path: "/_simulator/requests", about: { en: "Forgets them.", zh: "清空请求。" } },
  {
    method: "GET",
    path: "/_simulator/tokens",
    about: {
      en: "Codes, tokens and tickets with state and end.",
      zh: "code、令牌和 ticket，含状态和过期时间。",
    },
  },
  {
    method: "POST",
    path: "/_simulator/tokens/end",
    about: { en: "Ends one code or token at once.", zh: "让一个 code 或令牌立即失效。" },
    example: '{"token":"61_…"}',
  },
  {
    method: "GET",
    path: "/_simulator/faults",
    about: { en: "Planned faults with their numbers.", zh: "已设置的故障及其编号。" },
  },
  {
    method: "POST",
    path: "/_simulator/faults",
    about: {
      en: "Plans one, for the next so many calls (times) or a share of all.",
      zh: "设置故障：接下来若干次调用（times），或一定比例的调用（share）。",
    },
    example: '{"endpoint":"access_token","fault":{"kind":"errcode","errcode":40163},"times":1}',
  },
  { method: "DELETE", path: "/_simulator/faults", about: { en: "Cancels all.", zh: "全部取消。" } },
  { method: "DELETE", path: "/_simulator/faults/1", about: { en: "Cancels one.", zh: "取消一个。" } },
  {
    method: "POST",
    path: "/_simulator/clock",
    about: { en: "Moves time ahead.", zh: "让时间前进。" },
    example: '{"advanceSeconds":300}',
  },
  {
    method: "PATCH",
    path: "/_simulator/settings",
    about: {
      en: "Sets switches, and the callback domains of all apps (callbackHosts).",
      zh: "设置开关，以及所有应用的回调域名（callbackHosts）。",
    },
    example: '{"refusal":"state_only","sameCode":true}',
  },
  {
    method: "POST",
    path: "/_simulator/people",
    about: { en: "Makes a person; every field may be left out.", zh: "新建用户；字段都可省略。" },
    example: '{"id":"bob","nickname":"Bob","unionid":false}',
  },
  {
    method: "PATCH",
    path: "/_simulator/people/alice",
    about: { en: "Changes a person.", zh: "修改用户。" },
    example: '{"nickname":"小满","unionid":false,"follows":false}',
  },
  {
    method: "DELETE",
    path: "/_simulator/people/alice",
    about: {
      en: "The account is gone: its codes and tokens answer 50002.",
      zh: "注销账号：其 code 和令牌返回 50002。",
    },
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/follow",
    about: { en: "Follows one account; unfollow the same way.", zh: "关注一个公众号；unfollow 同理。" },
    example: '{"appId":"APPID"}',
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/revoke",
    about: { en: "Takes the app's authorization back.", zh: "撤销对应用的授权。" },
    example: '{"appId":"APPID"}',
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/change-password",
    about: {
      en: "Ends all web tokens of the person (42007).",
      zh: "使此人的网页授权令牌全部失效（42007）。",
    },
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/js-code",
    about: { en: "A js_code for a mini program.", zh: "为小程序生成 js_code。" },
    example: '{"appId":"MINI_PROGRAM_APPID"}',
  },
  {
    method: "PATCH",
    path: "/_simulator/apps/APPID",
    about: {
      en: "Changes an app: bans, scopes, group, allow-list, limits.",
      zh: "修改应用：封禁、scope、分组、白名单、额度。",
    },
    example: '{"ipAllowList":["10.0.0.1"],"limits":{"daily":{"token":5}}}',
  },
  {
    method: "POST",
    path: "/_simulator/apps/APPID/callback-hosts",
    about: {
      en: "Adds a callback domain once its verify file is found there.",
      zh: "找到校验文件后添加回调域名。",
    },
    example: '{"host":"localhost:4000"}',
  },
  { method: "POST", path: "/_simulator/reset", about: { en: "As if just started.", zh: "恢复到刚启动时。" } },
];
