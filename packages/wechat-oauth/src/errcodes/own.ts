import type { ErrcodeExplanation } from "./explanation.js";

/** This library's codes, for failures that WeChat does not report: of the network, of an answer, or of the callback. */
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
        "A brief outage of WeChat's gateway (502, 504)",
        "A proxy or firewall blocked the request",
        "The API base URL is wrong",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "查看 HTTP 状态码：零星的 5xx 不用处理",
        "3xx、403、407 多半来自代理或防火墙：检查服务器的网络出口",
        "让用户重新登录",
      ],
      en: [
        "Look at the HTTP status: an occasional 5xx needs no action",
        "3xx, 403 and 407 usually come from a proxy or firewall: check the server's outbound connection",
        "Ask the person to sign in again",
      ],
    },
    retry: "backoff",
    on: {
      "cgi-bin/": {
        steps: {
          zh: [
            "查看 HTTP 状态码：零星的 5xx 不用处理",
            "3xx、403、407 多半来自代理或防火墙：检查服务器的网络出口",
          ],
          en: [
            "Look at the HTTP status: an occasional 5xx needs no action",
            "3xx, 403 and 407 usually come from a proxy or firewall: check the server's outbound connection",
          ],
        },
      },
    },
  },
  {
    code: "TIMEOUT",
    name: "timeout",
    meaning: { zh: "微信没有在时限内答复", en: "WeChat did not answer in time" },
    causes: {
      zh: ["服务器到微信的网络慢或中断", "微信短暂故障"],
      en: ["The network to WeChat is slow or down", "A brief outage of WeChat"],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "在服务器上执行 curl -m 5 https://api.weixin.qq.com/，看是否通",
        "如果不通，检查网络出口、DNS 和防火墙",
        "让用户重新登录；不要用同一个 code 再次换取",
      ],
      en: [
        "On the server, run curl -m 5 https://api.weixin.qq.com/ and check whether it gets an answer",
        "If not, check the outbound connection, DNS and firewall",
        "Ask the person to sign in again; never exchange the same code twice",
      ],
    },
    retry: "backoff",
    on: {
      "cgi-bin/": {
        steps: {
          zh: [
            "在服务器上执行 curl -m 5 https://api.weixin.qq.com/，看是否通",
            "如果不通，检查网络出口、DNS 和防火墙",
          ],
          en: [
            "On the server, run curl -m 5 https://api.weixin.qq.com/ and check whether it gets an answer",
            "If not, check the outbound connection, DNS and firewall",
          ],
        },
      },
    },
  },
  {
    code: "NETWORK",
    name: "network",
    meaning: { zh: "连不上微信，或连接中途断开", en: "WeChat could not be reached, or the connection broke" },
    causes: {
      zh: ["DNS 解析失败", "防火墙不放行 443 端口", "连接被重置"],
      en: ["DNS resolution failed", "A firewall blocks port 443", "The connection was reset"],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "在服务器上执行 curl -m 5 https://api.weixin.qq.com/",
        "报 DNS 错就查 DNS，报拒绝或重置就查防火墙和代理",
        "让用户重新登录；不要用同一个 code 再次换取",
      ],
      en: [
        "On the server, run curl -m 5 https://api.weixin.qq.com/",
        "For a DNS error check DNS; for a refused or reset connection check firewall and proxy",
        "Ask the person to sign in again; never exchange the same code twice",
      ],
    },
    retry: "backoff",
    on: {
      "cgi-bin/": {
        steps: {
          zh: [
            "在服务器上执行 curl -m 5 https://api.weixin.qq.com/",
            "报 DNS 错就查 DNS，报拒绝或重置就查防火墙和代理",
          ],
          en: [
            "On the server, run curl -m 5 https://api.weixin.qq.com/",
            "For a DNS error check DNS; for a refused or reset connection check firewall and proxy",
          ],
        },
      },
    },
  },
  {
    code: "BAD_JSON",
    name: "bad_json",
    meaning: { zh: "答复不是 JSON", en: "The answer is not JSON" },
    causes: {
      zh: ["代理返回了网页（例如登录页或拦截页）", "答复被截断"],
      en: [
        "A proxy returned a web page (for example a login page or a block page)",
        "The answer was cut off",
      ],
    },
    whoMustAct: "operator",
    steps: {
      zh: [
        "在服务器上执行 curl https://api.weixin.qq.com/sns/auth，正常应看到 JSON",
        "如果看到网页，检查代理",
      ],
      en: [
        "On the server, run curl https://api.weixin.qq.com/sns/auth: it should print JSON",
        "If it prints a web page, check the proxy",
      ],
    },
    retry: "backoff",
  },
  {
    code: "BAD_SHAPE",
    name: "bad_shape",
    meaning: {
      zh: "答复里缺少必需的字段，或前后不一致",
      en: "The answer lacks a required field, or contradicts itself",
    },
    causes: {
      zh: ["API 基础地址指向了别的服务", "微信改动了接口", "答复里的 openid 与请求的不一致"],
      en: [
        "The API base URL points to another service",
        "WeChat changed the API",
        "The openid in the answer is not the requested one",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "检查 API 基础地址",
        "从错误信息里找出是哪个字段，对照微信文档",
        "让用户重试：没有创建任何用户，可以放心",
      ],
      en: [
        "Check the API base URL",
        "Find the field in the error message, and compare it with WeChat's documentation",
        "Ask the person to try again: no user was created",
      ],
    },
    retry: "never",
    on: {
      "cgi-bin/": {
        steps: {
          zh: ["检查 API 基础地址", "从错误信息里找出是哪个字段，对照微信文档"],
          en: [
            "Check the API base URL",
            "Find the field in the error message, and compare it with WeChat's documentation",
          ],
        },
      },
    },
  },
  {
    code: "TOO_LARGE",
    name: "too_large",
    meaning: { zh: "答复异常大，已中止读取", en: "The answer was abnormally large, and reading was stopped" },
    causes: {
      zh: ["代理返回了别的内容", "API 基础地址配错"],
      en: ["A proxy returned other content", "The API base URL is wrong"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["检查 API 基础地址和代理", "不要靠调大上限解决：正常的答复不到 2 KB"],
      en: [
        "Check the API base URL and the proxy",
        "Do not raise the limit to solve this: normal answers are under 2 KB",
      ],
    },
    retry: "never",
  },
  {
    code: "STATE_MISMATCH",
    name: "state_mismatch",
    meaning: {
      zh: "回调的 state 不是发给这个浏览器的",
      en: "The callback's state was not issued to this browser",
    },
    causes: {
      zh: [
        "用户打开了别人转发的登录链接",
        "浏览器丢了 Cookie，或换了浏览器",
        "回调被重复请求",
        "有人在尝试攻击",
      ],
      en: [
        "The person opened a sign-in link that someone forwarded",
        "The browser lost its cookie, or it is another browser",
        "The callback was requested twice",
        "Someone is attempting an attack",
      ],
    },
    whoMustAct: "user",
    steps: {
      zh: [
        "让用户从登录页重新开始",
        "如果大量出现，检查登录与回调是否同一域名、同为 https",
        "如果来自同一来源，按攻击处理",
      ],
      en: [
        "Ask the person to start again from the sign-in page",
        "If there are many, check that the sign-in and the callback use the same host and https",
        "If they come from one source, treat it as an attack",
      ],
    },
    retry: "restart",
  },
  {
    code: "STATE_EXPIRED",
    name: "state_expired",
    meaning: { zh: "登录耗时太久，已过期", en: "The sign-in took too long and has expired" },
    causes: {
      zh: ["用户在授权页停留太久", "打开了旧页面"],
      en: ["The person stayed too long on WeChat's page", "An old page was opened"],
    },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["Ask the person to sign in again"] },
    retry: "restart",
  },
  {
    code: "NO_CODE",
    name: "refused_by_user",
    meaning: { zh: "用户没有同意授权", en: "The person did not consent" },
    causes: { zh: ["用户点了拒绝"], en: ["The person tapped refuse"] },
    whoMustAct: "user",
    steps: {
      zh: ["不用处理；用户愿意时可以再登录", "如果比例明显上升，检查登录页是否说清了要什么、为什么"],
      en: [
        "Do nothing; the person may sign in again at any time",
        "If the share clearly rises, check whether the sign-in page explains what is requested and why",
      ],
    },
    retry: "never",
  },
  {
    code: "SNAPSHOT_USER",
    name: "snapshot_user",
    meaning: {
      zh: "用户在快照页里，身份是虚拟的",
      en: "The person is on a snapshot page, so the identity is virtual",
    },
    causes: {
      zh: ["页面一打开就要求授权，没有由用户点击发起"],
      en: ["The page requested authorization on loading, without a tap by the person"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["请用户点右下角的“使用完整服务”，再登录", "修改程序：用户点击登录按钮之后才发起授权"],
      en: [
        "Ask the person to tap 使用完整服务 (use the full service) at the bottom right and sign in again",
        "Change the program: start the authorization only after a tap on the sign-in button",
      ],
    },
    retry: "never",
  },
  {
    code: "NOT_IN_WECHAT",
    name: "not_in_wechat",
    meaning: { zh: "这个链接需要在微信里打开", en: "This link must be opened in WeChat" },
    causes: {
      zh: ["用户在普通浏览器或企业微信里打开"],
      en: ["The person opened it in an ordinary browser or in WeCom"],
    },
    whoMustAct: "user",
    steps: {
      zh: ["请用户在微信里打开，或在电脑上扫码登录"],
      en: ["Ask the person to open it in WeChat, or to sign in by QR code on a computer"],
    },
    retry: "never",
  },
];
