import { type Html, html } from "../pages/html.js";
import { API_CALLS, type ApiCall } from "./api-calls.js";
import { copyable, head } from "./components.js";
import { quote } from "./curl.js";
import { examplePerson } from "./example-person.js";
import type { Panel, PanelPage } from "./panel.js";

/** `/guide`: how to connect a client, and the control API for scripts. */
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
    return html`${head(t("Connect & API", "接入与 API"), t("Connect your client, and control the simulator from scripts.", "把你的客户端指向这里；面板的所有操作都可用脚本完成。"))}
<section class="card" aria-labelledby="bases"><h2 id="bases">${t("Base URLs", "基础地址")}</h2>
<dl class="facts wide-names"><div><dt>${t("in place of", "代替")} <code>https://open.weixin.qq.com</code></dt><dd>${copyable(t, origin, t("the base URL of the pages", "页面的基础地址"))}</dd></div>
<div><dt>${t("in place of", "代替")} <code>https://api.weixin.qq.com</code></dt><dd>${copyable(t, origin, t("the base URL of the API", "API 的基础地址"))}</dd></div></dl>
<h3>${t("Clients with fixed base URLs", "无法更改基础地址的客户端")}</h3>
<p>${t("This command serves the simulator over HTTPS at WeChat's own host names, with a short-lived certificate, and prints the settings for each programming language:", "此命令使用短期证书，以微信自己的域名通过 HTTPS 提供本模拟器，并打印各编程语言所需的设置：")}</p>
<p>${copyable(t, `npx wechat-simulator tls --of ${quote(origin)}`, t("the command", "命令"))}</p></section>
<section class="card" aria-labelledby="headers"><h2 id="headers">${t("Scripts skip the pages", "脚本可跳过页面")}</h2>
<p>${t("Two request headers on the authorize page and the QR page make this person's decision at once:", "在授权页和扫码页上，用两个请求头即可代替该用户作出决定：")}</p>
<pre tabindex="0">x-simulator-person: ${person}
x-simulator-decision: allow</pre></section>
<section class="card" aria-labelledby="calls"><h2 id="calls">${t("Control API", "控制 API")}</h2>
<p>${t("JSON in, JSON out. Changes are accepted as", "收发 JSON。修改只接受")} <code>application/json</code>${t(" only, so that other sites cannot make them through your browser.", "，因此其他网站无法通过你的浏览器进行修改。")}</p>
<ul class="calls">${API_CALLS.map((call) => html`<li class="call">${callEntry(panel, call, names)}</li>`)}</ul></section>`;
  },
};

/** @param names placeholders in the examples, and the existing values for them */
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
