import type { ErrcodeExplanation } from "./explanation.js";

/** What went wrong on our side of WeChat, or between. */
export const ownErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: "HTTP_STATUS",
    name: "http_status",
    meaning: {
      zh: "微信（或中间的代理）返回了 HTTP 错误",
      en: "WeChat, or a proxy in between, answered with an HTTP error",
    },
    causes: {
      zh: ["微信网关短暂故障（502、504）", "代理或防火墙拦截", "API 基础地址配错"],
      en: [
        "A short trouble of WeChat's gateway (502, 504)",
        "A proxy or firewall in between",
        "A wrong API base URL",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "看 HTTP 状态码：5xx 零星出现可不管",
        "3xx、403、407 多半是代理或防火墙，检查服务器的网络出口",
        "让用户重新登录",
      ],
      en: [
        "Look at the status: a 5xx now and then needs nothing",
        "3xx, 403 or 407 mostly come from a proxy or firewall: check the server's way out",
        "The person signs in again",
      ],
    },
    retry: "backoff",
  },
  {
    code: "TIMEOUT",
    name: "timeout",
    meaning: { zh: "微信没有在时限内答复", en: "WeChat did not answer in time" },
    causes: {
      zh: ["服务器到微信的网络慢或中断", "微信短暂故障"],
      en: ["A slow or broken network to WeChat", "A short trouble of WeChat"],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "在服务器上执行 curl -m 5 https://api.weixin.qq.com/，看是否通",
        "不通则检查网络出口、DNS 和防火墙",
        "让用户重新登录；不要重复换取同一个 code",
      ],
      en: [
        "On the server run curl -m 5 https://api.weixin.qq.com/ and see whether it answers",
        "If not, check the way out, DNS and firewall",
        "The person signs in again; never exchange the same code twice",
      ],
    },
    retry: "backoff",
  },
  {
    code: "NETWORK",
    name: "network",
    meaning: { zh: "连不上微信，或连接中途断开", en: "No connection to WeChat, or it broke" },
    causes: {
      zh: ["DNS 解析失败", "防火墙不放行 443 端口", "连接被重置"],
      en: ["DNS does not resolve", "A firewall closes port 443", "The connection was reset"],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "在服务器上执行 curl -m 5 https://api.weixin.qq.com/",
        "报 DNS 错就查 DNS，报拒绝或重置就查防火墙和代理",
        "让用户重新登录；不要重复换取同一个 code",
      ],
      en: [
        "On the server run curl -m 5 https://api.weixin.qq.com/",
        "A DNS error: check DNS. Refused or reset: check firewall and proxy",
        "The person signs in again; never exchange the same code twice",
      ],
    },
    retry: "backoff",
  },
  {
    code: "BAD_JSON",
    name: "bad_json",
    meaning: { zh: "答复不是 JSON", en: "The answer is not JSON" },
    causes: {
      zh: ["代理返回了网页（例如登录页或拦截页）", "答复被截断"],
      en: ["A proxy answered with a page of its own", "The answer was cut"],
    },
    whoMustAct: "operator",
    steps: {
      zh: ["在服务器上执行 curl https://api.weixin.qq.com/sns/auth，正常应看到 JSON", "看到网页则检查代理"],
      en: [
        "On the server run curl https://api.weixin.qq.com/sns/auth: JSON should appear",
        "If a page appears, check the proxy",
      ],
    },
    retry: "backoff",
  },
  {
    code: "BAD_SHAPE",
    name: "bad_shape",
    meaning: {
      zh: "答复里缺少必须的内容，或前后不一致",
      en: "The answer lacks what it must hold, or contradicts itself",
    },
    causes: {
      zh: ["API 基础地址指向了别的服务", "微信改动了接口", "答复里的 openid 不是所问的那个人"],
      en: [
        "The API base URL points to something else",
        "WeChat changed the call",
        "The openid answered is not the one asked about",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "检查 API 基础地址",
        "从错误信息里看缺哪个字段，对照微信文档",
        "没有建立任何用户，可放心让用户重试",
      ],
      en: [
        "Check the API base URL",
        "See in the message which field it is, and compare with WeChat's document",
        "No user was made from it: the person may try again",
      ],
    },
    retry: "never",
  },
  {
    code: "TOO_LARGE",
    name: "too_large",
    meaning: { zh: "答复异常大，已中止读取", en: "The answer was far too large and was cut off" },
    causes: {
      zh: ["代理返回了别的内容", "API 基础地址配错"],
      en: ["A proxy answered with something else", "A wrong API base URL"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查 API 基础地址和代理", "正常答复不到 2 KB，不要靠调大上限解决"],
      en: ["Check the API base URL and the proxy", "Real answers stay under 2 KB: a larger cap is no cure"],
    },
    retry: "never",
  },
  {
    code: "STATE_MISMATCH",
    name: "state_mismatch",
    meaning: {
      zh: "回调的 state 不是发给这个浏览器的",
      en: "The callback's state was not given to this browser",
    },
    causes: {
      zh: [
        "用户打开了别人转发的登录链接",
        "浏览器丢了 Cookie，或换了浏览器",
        "登录被重复提交",
        "有人在尝试攻击",
      ],
      en: [
        "The person opened a link that somebody passed on",
        "The browser lost its cookie, or it is another browser",
        "The callback was delivered twice",
        "Somebody tries an attack",
      ],
    },
    whoMustAct: "user",
    steps: {
      zh: [
        "让用户从登录页重新开始",
        "若大量出现，检查登录与回调是否同一域名、同为 https",
        "若来自同一来源，按攻击处理",
      ],
      en: [
        "The person begins again at the sign-in page",
        "If there are many, check that start and callback share one https host",
        "If they come from one source, treat it as an attack",
      ],
    },
    retry: "restart",
  },
  {
    code: "STATE_EXPIRED",
    name: "state_expired",
    meaning: { zh: "登录放得太久，已过期", en: "The sign-in was begun too long ago" },
    causes: {
      zh: ["用户在授权页停留太久", "打开了旧页面"],
      en: ["The person stayed long on WeChat's page", "An old page was opened"],
    },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["The person signs in again"] },
    retry: "restart",
  },
  {
    code: "NO_CODE",
    name: "refused_by_user",
    meaning: { zh: "用户没有同意授权", en: "The person did not consent" },
    causes: { zh: ["用户点了拒绝"], en: ["The person pressed refuse"] },
    whoMustAct: "user",
    steps: {
      zh: ["不用处理；用户愿意时可以再登录", "若比例明显上升，检查登录页是否说清了要什么、为什么"],
      en: [
        "Nothing to do; the person may sign in again at will",
        "If it grows, check whether the page says what is asked and why",
      ],
    },
    retry: "never",
  },
  {
    code: "SNAPSHOT_USER",
    name: "snapshot_user",
    meaning: {
      zh: "用户在快照页里，身份是虚拟的",
      en: "The person is on a snapshot page: the identity is virtual",
    },
    causes: {
      zh: ["页面一打开就要求授权，没有由用户点击发起"],
      en: ["The page asked for consent on loading, without a tap by the person"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["让用户点右下角“使用完整服务”，再登录", "程序应在用户点击登录按钮之后才发起授权"],
      en: [
        "The person presses 使用完整服务 (use the full service) at the bottom right, then signs in",
        "Software should start the authorization only from a tap",
      ],
    },
    retry: "never",
  },
  {
    code: "NOT_IN_WECHAT",
    name: "not_in_wechat",
    meaning: { zh: "这个链接须在微信里打开", en: "This link works only inside WeChat" },
    causes: {
      zh: ["用户在普通浏览器或企业微信里打开"],
      en: ["It was opened in another browser, or in WeCom"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["请用户在微信里打开，或在电脑上扫码登录"],
      en: ["The person opens it in WeChat, or signs in by QR on a computer"],
    },
    retry: "never",
  },
];
