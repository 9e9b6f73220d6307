/** What a check can find: how bad it is, who can mend it, and the words. `{name}` stands for a value of the finding. */
export interface Outcome {
  state: FindingState;
  actor?: "operator" | "developer";
  en: Words;
  zh: Words;
}

export type FindingState = "ok" | "warning" | "problem" | "unknown";

interface Words {
  text: string;
  /** What to do about it. */
  remedy?: string;
}

export const outcomes = {
  "wechat.real": {
    state: "ok",
    en: { text: "People sign in through WeChat itself." },
    zh: { text: "用户通过真实的微信登录。" },
  },
  "wechat.relay": {
    state: "ok",
    en: { text: "Calls to WeChat go through the relay in WECHAT_API_URL." },
    zh: { text: "对微信的调用经过 WECHAT_API_URL 指定的中转。" },
  },
  "wechat.simulated": {
    state: "warning",
    actor: "operator",
    en: {
      text: "People sign in through the simulator: anyone can sign in as anyone.",
      remedy: "Set WECHAT_APPS to your own apps before people sign in for real.",
    },
    zh: {
      text: "现在用的是模拟微信：任何人都可以冒充任何人登录。",
      remedy: "正式使用前，把 WECHAT_APPS 设置为你自己的应用。",
    },
  },
  "public_url.fits": {
    state: "ok",
    en: { text: "PUBLIC_URL is {url}: enter {host} as the callback domain of each app." },
    zh: { text: "PUBLIC_URL 是 {url}：每个应用的授权回调域名都填 {host}。" },
  },
  "public_url.http": {
    state: "problem",
    actor: "operator",
    en: {
      text: "PUBLIC_URL is {url}, without https: cookies and codes travel readable.",
      remedy: "Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.",
    },
    zh: {
      text: "PUBLIC_URL 是 {url}，没有用 https：Cookie 和 code 会以明文传输。",
      remedy: "在前面放一个带证书的反向代理，并把 PUBLIC_URL 设为它的 https 地址。",
    },
  },
  "public_url.port": {
    state: "problem",
    actor: "operator",
    en: {
      text: "PUBLIC_URL is {url}, with a port: WeChat then says that the domain differs (10003).",
      remedy: "Let a proxy listen on the port of https, 443, and leave the port out of PUBLIC_URL.",
    },
    zh: {
      text: "PUBLIC_URL 是 {url}，带有端口：微信会认为域名与后台配置不一致（10003）。",
      remedy: "让反向代理监听 https 的 443 端口，PUBLIC_URL 里不写端口。",
    },
  },
  "reachable.yes": {
    state: "ok",
    en: { text: "This server is reached at PUBLIC_URL." },
    zh: { text: "通过 PUBLIC_URL 可以访问到本服务。" },
  },
  "reachable.no": {
    state: "warning",
    actor: "operator",
    en: {
      text: "This server cannot reach itself at PUBLIC_URL ({reason}).",
      remedy:
        "Open PUBLIC_URL on a phone outside your network. If that works, your network only keeps the server from its own public address; otherwise check DNS, the proxy and the certificate.",
    },
    zh: {
      text: "本服务无法通过 PUBLIC_URL 访问到自己（{reason}）。",
      remedy:
        "用不在内网的手机打开 PUBLIC_URL。如果能打开，只是内网不能访问自己的公网地址；否则检查 DNS、反向代理和证书。",
    },
  },
  "verify_files.served": {
    state: "ok",
    en: { text: "WeChat finds every verification file: {files}." },
    zh: { text: "微信能读到所有的校验文件：{files}。" },
  },
  "verify_files.differ": {
    state: "problem",
    actor: "operator",
    en: {
      text: "Not served at PUBLIC_URL as configured, byte for byte and without a redirect: {files}.",
      remedy: "Let the proxy in front pass these paths of the root on to this server.",
    },
    zh: {
      text: "在 PUBLIC_URL 下读到的内容与配置不符，或发生了跳转：{files}。",
      remedy: "让前面的反向代理把根目录下的这些路径转发给本服务。",
    },
  },
  "verify_files.none": {
    state: "unknown",
    en: {
      text: "No verification file is configured. WeChat asks for one when a callback domain is entered: VERIFY_FILES serves it.",
    },
    zh: { text: "没有配置校验文件。填写授权回调域名时微信会要求放置一个：用 VERIFY_FILES 提供。" },
  },
  "clock.right": {
    state: "ok",
    en: { text: "The clock agrees with WeChat's within {seconds} s." },
    zh: { text: "本机时间与微信相差不超过 {seconds} 秒。" },
  },
  "clock.wrong": {
    state: "problem",
    actor: "operator",
    en: {
      text: "The clock differs from WeChat's by {seconds} s: tokens are refreshed at the wrong time.",
      remedy: "Let the machine take its time from NTP.",
    },
    zh: {
      text: "本机时间与微信相差 {seconds} 秒：令牌会在错误的时间刷新。",
      remedy: "用 NTP 同步本机时间。",
    },
  },
  "clock.unknown": {
    state: "unknown",
    en: { text: "WeChat's time could not be read ({reason})." },
    zh: { text: "无法读取微信的时间（{reason}）。" },
  },
  "secret.accepted": {
    state: "ok",
    en: { text: "WeChat accepts the app secret." },
    zh: { text: "微信接受这个 AppSecret。" },
  },
  "secret.refused": {
    state: "problem",
    actor: "operator",
    en: {
      text: "WeChat refuses the appid or the app secret ({errcode}).",
      remedy:
        "Copy both from WeChat's admin console into WECHAT_APPS. A secret that was reset there is invalid at once, and a frozen one has to be unfrozen.",
    },
    zh: {
      text: "微信不接受 appid 或 AppSecret（{errcode}）。",
      remedy: "从微信后台重新复制两者到 WECHAT_APPS。在后台重置过的密钥立即失效；被冻结的要先解冻。",
    },
  },
  "secret.failing": {
    state: "problem",
    actor: "operator",
    en: {
      text: "WeChat gives no global token ({errcode}).",
      remedy: "The token's page explains this errcode, and says who must act.",
    },
    zh: {
      text: "微信没有给出全局 access_token（{errcode}）。",
      remedy: "令牌页面解释了这个错误码，以及应由谁处理。",
    },
  },
  "secret.unknown": {
    state: "unknown",
    en: { text: "WeChat checks this secret only when a person signs in, which none did today." },
    zh: { text: "只有用户登录时微信才检查这个密钥，而今天还没有人登录。" },
  },
  "secret.after_ip": {
    state: "unknown",
    en: { text: "WeChat refuses this server's IP before it looks at the secret." },
    zh: { text: "微信先拒绝了本机 IP，还没有检查密钥。" },
  },
  "allow_list.open": {
    state: "ok",
    en: { text: "This server's IP is on the allow-list." },
    zh: { text: "本机 IP 已在白名单里。" },
  },
  "allow_list.refused": {
    state: "problem",
    actor: "operator",
    en: {
      text: "WeChat refuses this server's IP, {ip} (40164).",
      remedy: "Add it at mp.weixin.qq.com to the IP allow-list of this account.",
    },
    zh: {
      text: "微信拒绝了本机 IP {ip}（40164）。",
      remedy: "在 mp.weixin.qq.com 把它加入这个公众号的 IP 白名单。",
    },
  },
  "allow_list.unknown": {
    state: "unknown",
    en: { text: "Cannot be told while WeChat gives no global token for another reason." },
    zh: { text: "微信因为别的原因没有给出全局 access_token，所以还看不出来。" },
  },
  "holders.one": {
    state: "ok",
    en: { text: "No other program fetches this account's global token." },
    zh: { text: "没有别的程序在获取这个公众号的全局 access_token。" },
  },
  "holders.several": {
    state: "problem",
    actor: "developer",
    en: {
      text: "WeChat refused the global token {count} times in 24 hours before its time was over: another program fetches it too.",
      remedy: "Find it, and let it ask this system for the token (GET /api/v1/apps/{app}/token).",
    },
    zh: {
      text: "24 小时内微信有 {count} 次提前拒绝了全局 access_token：还有别的程序在获取它。",
      remedy: "找到那个程序，让它改为向本系统获取（GET /api/v1/apps/{app}/token）。",
    },
  },
  "quota.enough": {
    state: "ok",
    en: { text: "Today {count} of {quota} fetches of the global token are used." },
    zh: { text: "今天获取全局 access_token 已用 {count} 次，上限 {quota} 次。" },
  },
  "quota.near": {
    state: "warning",
    actor: "developer",
    en: {
      text: "Today {count} of {quota} fetches of the global token are used.",
      remedy: "The token's page lists each fetch and who asked for it.",
    },
    zh: {
      text: "今天获取全局 access_token 已用 {count} 次，上限 {quota} 次。",
      remedy: "令牌页面列出了每次获取，以及由谁发起。",
    },
  },
  "profile.read": {
    state: "ok",
    en: { text: "Nicknames and avatars are read." },
    zh: { text: "可以读到昵称和头像。" },
  },
  "profile.refused": {
    state: "problem",
    actor: "operator",
    en: {
      text: "WeChat refused {count} of the profiles read in 24 hours (48001).",
      remedy:
        "Only a verified service account may ask for a profile. Verify the account, or set the profile of this app to none.",
    },
    zh: {
      text: "24 小时内微信拒绝了 {count} 次读取用户资料（48001）。",
      remedy: "只有已认证的服务号可以请求用户资料。请认证公众号，或把这个应用的 profile 设为 none。",
    },
  },
  "profile.unknown": {
    state: "unknown",
    en: { text: "No profile was read in 24 hours." },
    zh: { text: "24 小时内没有读取过用户资料。" },
  },
  "profile.not_asked": {
    state: "ok",
    en: { text: "People are not asked for their profile." },
    zh: { text: "不向用户请求资料。" },
  },
  "look.complete": {
    state: "ok",
    en: { text: "People see the name and the logo on the sign-in pages." },
    zh: { text: "用户在登录页能看到名称和标志。" },
  },
  "look.missing": {
    state: "warning",
    actor: "operator",
    en: {
      text: "Missing in WECHAT_APPS: {missing}. People do not see whose page asks them to sign in.",
      remedy: "Set the name and the logo of this app there.",
    },
    zh: {
      text: "WECHAT_APPS 里缺少：{missing}。用户不知道是谁请他们登录。",
      remedy: "在那里设置这个应用的名称和标志。",
    },
  },
  "group.shared": {
    state: "ok",
    en: { text: "One person is one account in {apps}." },
    zh: { text: "在 {apps} 里，同一个人是同一个账户。" },
  },
  "group.single": {
    state: "ok",
    en: { text: "The only app: there is no other one to recognize people in." },
    zh: { text: "只有这一个应用，没有别的应用需要认出同一个人。" },
  },
  "group.none": {
    state: "warning",
    actor: "operator",
    en: {
      text: "No other app has the same group: who signs in to two apps becomes two accounts.",
      remedy:
        "If the apps are bound to one account at open.weixin.qq.com, give them one group. npm run groups says beforehand what that does.",
    },
    zh: {
      text: "没有别的应用有相同的 group：在两个应用里登录的人会成为两个账户。",
      remedy:
        "如果这些应用绑定在同一个开放平台账号下，给它们相同的 group。npm run groups 会先说明这样做的结果。",
    },
  },
  "comes_back.yes": {
    state: "ok",
    en: { text: "Of {count} sign-ins that ended in the last hour, {percent} % never came back from WeChat." },
    zh: { text: "最近一小时结束的 {count} 次登录中，{percent}% 没有从微信返回。" },
  },
  "comes_back.no": {
    state: "warning",
    actor: "operator",
    en: {
      text: "{percent} % of the {count} sign-ins that ended in the last hour never came back from WeChat.",
      remedy:
        "Sign in yourself and read WeChat's page: 10003 means that the callback domain is not {host}, 10016 that this appid belongs to an app of another kind, 10005 that the account may not ask for the profile.",
    },
    zh: {
      text: "最近一小时结束的 {count} 次登录中，{percent}% 没有从微信返回。",
      remedy:
        "自己登录一次，看微信页面上的提示：10003 表示授权回调域名不是 {host}，10016 表示这个 appid 属于另一类应用，10005 表示公众号没有请求资料的权限。",
    },
  },
  "comes_back.unknown": {
    state: "unknown",
    en: { text: "Sign-ins that ended in the last hour: {count}, too few to tell." },
    zh: { text: "最近一小时结束的登录：{count} 次，太少，看不出来。" },
  },
  "codes.once": {
    state: "ok",
    en: { text: "In the last hour no code was used twice." },
    zh: { text: "最近一小时没有 code 被重复使用。" },
  },
  "codes.twice": {
    state: "warning",
    actor: "developer",
    en: {
      text: "In the last hour WeChat refused {count} codes as used already (40163).",
      remedy:
        "Another server exchanges the same codes, or something in front repeats requests: look for a second deployment with the same callback, and turn off retries in the proxy.",
    },
    zh: {
      text: "最近一小时微信以“已使用过”拒绝了 {count} 个 code（40163）。",
      remedy:
        "另一台服务器也在用同样的 code，或前面的代理重发了请求：查找使用同一回调地址的另一套部署，并关闭代理的重试。",
    },
  },
} satisfies Record<string, Outcome>;

export type OutcomeName = keyof typeof outcomes;
