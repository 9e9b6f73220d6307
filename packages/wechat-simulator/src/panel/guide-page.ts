import { type Html, html } from "../pages/html.js";
import { API_CALLS, type ApiCall } from "./api-calls.js";
import { copyable, head } from "./components.js";
import { quote } from "./curl.js";
import { examplePerson } from "./example-person.js";
import type { Panel, PanelPage } from "./panel.js";

/** `/guide`: where to point a client, and the same powers for scripts. */
export const guidePage: PanelPage = {
  path: "/guide",
  title: (t) => t("Connect & API", "接入与 API"),
  render(panel) {
    const { t, origin, store } = panel;
    const account = store.apps.list().find(({ kind }) => kind === "official_account");
    const person = examplePerson(store, account);
    const names = new Map([
      ["APPID", account?.appId ?? "APPID"],
      [
        "MINI_PROGRAM_APPID",
        store.apps.list().find(({ kind }) => kind === "mini_program")?.appId ?? "MINI_PROGRAM_APPID",
      ],
      ["alice", person],
    ]);
    return html`${head(t("Connect & API", "接入与 API"), t("Point your own client here; script everything this panel does.", "把你的客户端指向这里；面板能做的，脚本都能做。"))}
<section class="card" aria-labelledby="bases"><h2 id="bases">${t("Base URLs", "基础地址")}</h2>
<dl class="facts wide-names"><div><dt>${t("in place of", "代替")} <code>https://open.weixin.qq.com</code></dt><dd>${copyable(t, origin, t("the base URL of the pages", "页面的基础地址"))}</dd></div>
<div><dt>${t("in place of", "代替")} <code>https://api.weixin.qq.com</code></dt><dd>${copyable(t, origin, t("the base URL of the API", "API 的基础地址"))}</dd></div></dl>
<h3>${t("A client whose base URLs can not be changed", "基础地址改不了的客户端")}</h3>
<p>${t("This puts WeChat's own names in front of this simulator, over HTTPS with a throw-away certificate, and prints what your language needs:", "此命令用一次性证书、以微信自己的域名提供 HTTPS，转发到本模拟器，并打印各编程语言所需的设置：")}</p>
<p>${copyable(t, `npx wechat-simulator tls --of ${quote(origin)}`, t("the command", "命令"))}</p></section>
<section class="card" aria-labelledby="headers"><h2 id="headers">${t("Scripts skip the pages", "脚本可跳过页面")}</h2>
<p>${t("Two request headers on the authorize page and the QR page decide at once, as that person would:", "在授权页和扫码页上，两个请求头可替此人立即作出决定：")}</p>
<pre tabindex="0">x-simulator-person: ${person}
x-simulator-decision: allow</pre></section>
<section class="card" aria-labelledby="calls"><h2 id="calls">${t("Control API", "控制 API")}</h2>
<p>${t("JSON in, JSON out. Changes are taken as", "收发 JSON。修改只接受")} <code>application/json</code>${t(" only, so that no other site can make them through your browser.", "，因此别的网站无法借你的浏览器来修改。")}</p>
<ul class="calls">${API_CALLS.map((call) => html`<li class="call">${callEntry(panel, call, names)}</li>`)}</ul></section>`;
  },
};

/** @param names what stands in the examples, to what exists here */
function callEntry({ t, origin, language }: Panel, call: ApiCall, names: ReadonlyMap<string, string>): Html {
  const fill = (text: string) =>
    text.replace(/\b(?:(?:MINI_PROGRAM_)?APPID|alice)\b/, (name) => names.get(name) ?? name);
  const command = [
    "curl -s",
    ...(call.method === "GET" ? [] : [`-X ${call.method}`]),
    quote(`${origin}${fill(call.path)}`),
    ...(call.method === "GET" || call.method === "DELETE"
      ? []
      : ["-H 'content-type: application/json'", `-d ${quote(fill(call.example ?? "{}"))}`]),
  ].join(" ");
  return html`<details><summary><code class="method ${call.method.toLowerCase()}">${call.method}</code> <code>${call.path.replace("alice", () => names.get("alice") ?? "alice")}</code>
<span class="call-about soft">${call.about[language]}</span></summary>
<div class="call-example"><pre tabindex="0">${command}</pre><button type="button" class="copy wide" data-copy="${command}">${t("Copy", "复制")}</button></div></details>`;
}
