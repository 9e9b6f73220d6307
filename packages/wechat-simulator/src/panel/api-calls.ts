import type { Text } from "../protocol/text.js";

/** One call of the control API, as the guide lists it. */
export interface ApiCall {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  about: Text;
  /** An example body as JSON; undefined if the call has none. */
  example?: string;
}

export const API_CALLS: readonly ApiCall[] = [
  {
    method: "GET",
    path: "/_simulator/state",
    about: {
      en: "People with their openids, apps, faults, switches, number of valid codes.",
      zh: "用户及其 openid、应用、故障、开关、有效 code 数。",
    },
  },
  {
    method: "GET",
    path: "/_simulator/requests",
    about: {
      en: "The last 1000 requests with responses and reasons; secrets are masked.",
      zh: "最近 1000 个请求，含响应和原因，密钥已遮蔽。",
    },
  },
  {
    method: "DELETE",
    path: "/_simulator/requests",
    about: { en: "Clears the list of requests.", zh: "清空请求记录。" },
  },
  {
    method: "GET",
    path: "/_simulator/tokens",
    about: {
      en: "Codes, tokens and tickets with their state and expiry.",
      zh: "code、令牌和 ticket，含状态和过期时间。",
    },
  },
  {
    method: "POST",
    path: "/_simulator/tokens/end",
    about: { en: "Ends one code, token or ticket at once.", zh: "让一个 code、令牌或 ticket 立即失效。" },
    example: '{"token":"61_…"}',
  },
  {
    method: "GET",
    path: "/_simulator/faults",
    about: { en: "Planned faults with their ids.", zh: "已设置的故障及其 id。" },
  },
  {
    method: "POST",
    path: "/_simulator/faults",
    about: {
      en: "Plans a fault for the next calls (times) or for a share of all calls.",
      zh: "设置故障：接下来若干次调用（times），或一定比例的调用（share）。",
    },
    example: '{"endpoint":"access_token","fault":{"kind":"errcode","errcode":40163},"times":1}',
  },
  {
    method: "DELETE",
    path: "/_simulator/faults",
    about: { en: "Cancels all faults.", zh: "取消全部故障。" },
  },
  {
    method: "DELETE",
    path: "/_simulator/faults/1",
    about: { en: "Cancels one fault.", zh: "取消一个故障。" },
  },
  {
    method: "POST",
    path: "/_simulator/clock",
    about: { en: "Moves the clock forward.", zh: "让时间前进。" },
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
    about: { en: "Creates a person; every field is optional.", zh: "新建用户；所有字段均可省略。" },
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
      en: "Deletes the account: its codes and tokens answer 50002.",
      zh: "注销账号：其 code 和令牌返回 50002。",
    },
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/follow",
    about: { en: "Follows one account; unfollow works the same way.", zh: "关注一个公众号；unfollow 同理。" },
    example: '{"appId":"APPID"}',
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/revoke",
    about: { en: "Revokes the app's authorization.", zh: "撤销对应用的授权。" },
    example: '{"appId":"APPID"}',
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/change-password",
    about: {
      en: "Ends all web tokens of the person (42007).",
      zh: "使该用户的网页授权令牌全部失效（42007）。",
    },
  },
  {
    method: "POST",
    path: "/_simulator/people/alice/js-code",
    about: { en: "Creates a js_code for a mini program.", zh: "为小程序生成 js_code。" },
    example: '{"appId":"MINI_PROGRAM_APPID"}',
  },
  {
    method: "PATCH",
    path: "/_simulator/apps/APPID",
    about: {
      en: "Changes an app: ban, scopes, group, allow-list, limits.",
      zh: "修改应用：封禁、scope、分组、白名单、额度。",
    },
    example: '{"ipAllowList":["10.0.0.1"],"limits":{"daily":{"token":5}}}',
  },
  {
    method: "POST",
    path: "/_simulator/apps/APPID/callback-hosts",
    about: {
      en: "Adds a callback domain after finding the verification file there.",
      zh: "确认该域名下有校验文件后，添加为回调域名。",
    },
    example: '{"host":"localhost:4000"}',
  },
  {
    method: "POST",
    path: "/_simulator/reset",
    about: { en: "Restores the state at start.", zh: "恢复到刚启动时。" },
  },
];
