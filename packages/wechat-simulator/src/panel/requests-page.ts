import { type Html, html } from "../pages/html.js";
import { API_ENDPOINTS, PAGE_ENDPOINTS, QR_PATHS } from "../protocol/endpoints.js";
import { empty, form, head, options } from "./components.js";
import { firstCurl } from "./curl.js";
import { examplePerson } from "./example-person.js";
import type { Panel, PanelPage } from "./panel.js";
import {
  filterRequests,
  isFiltered,
  type RequestFilter,
  readRequestFilter,
  SHOWN,
} from "./request-filter.js";
import { requestRow } from "./request-row.js";

/** `/`: the request log. */
export const requestsPage: PanelPage = {
  path: "/",
  title: (t) => t("Requests", "请求"),
  render(panel) {
    const { store, t, query } = panel;
    const filter = readRequestFilter(query);
    const all = store.requests.list();
    const found = filterRequests(all, filter);
    const shown = found.slice(0, SHOWN);
    const last = shown.at(-1);
    return html`${head(
      t("Requests", "请求"),
      t(
        "Every request to the simulator as received, and the reason if it was refused.",
        "模拟器收到的每个请求，原样记录，并注明被拒绝的原因。",
      ),
      html`<span id="live" class="live script-only" data-keep><span class="dot" aria-hidden="true"></span><span class="live-on">${t("live", "实时")}</span><span class="live-off">${t("paused", "已暂停")}</span></span>
<button type="button" id="pause" class="script-only" aria-pressed="false" data-keep>${t("Pause", "暂停")}</button>
<a class="button no-script" href="/">${t("Refresh", "刷新")}</a>`,
      all.length > 0 &&
        form({ action: "requests/clear", back: "/" }, html`<button>${t("Clear", "清空")}</button>`),
    )}
${filterForm(panel, filter)}
<p class="soft count">${countLabel(panel, found.length, all.length, filter)}<span id="news" class="unseen" role="status" data-words="${t("new", "个新请求")}" data-keep></span></p>
${shown.length === 0 ? noRequests(panel, filter) : html`<ol class="requests" id="requests">${shown.map((request) => requestRow(panel, request))}</ol>`}
${
  last &&
  found.length > SHOWN &&
  html`<p><a class="button" href="${olderLink(query, last.id)}">${t("Older requests", "更早的请求")}</a></p>`
}
${filter.before !== undefined && html`<p><a href="/">${t("Back to the latest", "回到最新")}</a></p>`}`;
  },
};

function filterForm({ t }: Panel, { endpoint, refusedOnly, text }: RequestFilter): Html {
  const plain = (names: readonly string[]) => names.map((value) => ({ value, text: value }));
  return html`<form class="filters" id="filters" method="get" action="/" role="search">
<label class="field"><span>${t("Endpoint", "接口")}</span><select name="endpoint"><option value="">${t("all", "全部")}</option>
<optgroup label="${t("Pages", "页面")}">${options(plain([...PAGE_ENDPOINTS, ...Object.keys(QR_PATHS)]), endpoint)}</optgroup>
<optgroup label="API">${options(plain([...API_ENDPOINTS, "unknown_path"]), endpoint)}</optgroup></select></label>
<label class="field grow"><span>${t("Text", "关键词")}</span><input type="search" name="text" value="${text}" placeholder="${t("openid, errcode, rid, state …", "openid、errcode、rid、state 等")}"></label>
<label class="check"><input type="checkbox" name="refused" value="1"${refusedOnly && html` checked`}><span>${t("Failed only", "仅看失败的请求")}</span></label>
<button class="no-script">${t("Filter", "筛选")}</button></form>`;
}

function countLabel({ t }: Panel, found: number, all: number, filter: RequestFilter): string {
  if (isFiltered(filter)) return t(`${found} of ${all} requests`, `${all} 个请求中的 ${found} 个`);
  return t(all === 1 ? "1 request" : `${all} requests`, `共 ${all} 个请求`);
}

function noRequests(panel: Panel, filter: RequestFilter): Html {
  const { t } = panel;
  if (isFiltered(filter) || filter.before !== undefined) {
    return empty(
      t("No matching requests.", "没有符合条件的请求。"),
      html`<p><a class="button" href="/">${t("Show all", "显示全部")}</a></p>`,
    );
  }
  const app = panel.store.apps.list().find(({ kind }) => kind === "official_account");
  const command =
    app &&
    firstCurl(
      panel.origin,
      app.appId,
      app.callbackHosts[0] ?? "localhost:4000",
      examplePerson(panel.store, app),
    );
  return empty(
    t("No requests yet.", "暂无请求。"),
    html`<p>${t("Sign in with your app to see its requests appear here.", "用你的应用登录一次，请求会自动出现在这里。")}
<a href="/guide">${t("How to connect it", "如何接入")}</a></p>`,
    command !== undefined &&
      html`<p>${t("Or try it in a shell:", "也可以在终端中试试：")}</p><pre tabindex="0">${command}</pre>
<p><button type="button" class="copy wide" data-copy="${command}">${t("Copy", "复制")}</button></p>`,
  );
}

function olderLink(query: Panel["query"], before: number): string {
  const next = new URLSearchParams({ before: String(before) });
  for (const name of ["endpoint", "refused", "text"]) {
    const value = query[name];
    if (value) next.set(name, value);
  }
  return `/?${next}`;
}
