import { decode, findRaw, parseRawQuery } from "../input/raw-query.js";
import { type Html, html } from "../pages/html.js";
import type { LoggedRequest } from "../stores/request-log.js";
import { copyable, tag } from "./components.js";
import { curlOf } from "./curl.js";
import { errmsgFor } from "./describe-fault.js";
import type { Panel } from "./panel.js";
import { isRefused } from "./request-filter.js";
import { dateAndTime, timeOfDay } from "./time.js";

/** One request: a line that expands to all details. */
export function requestRow(panel: Panel, request: LoggedRequest): Html {
  const { language, t } = panel;
  const at = Date.parse(request.at);
  const refused = isRefused(request);
  return html`<li id="request-${request.id}" class="request${refused && " refused"}"><details><summary>
<time class="mono soft" datetime="${request.at}" title="${dateAndTime(at)}">${timeOfDay(at)}</time>
<span class="path mono"><span class="method">${request.method}</span> <strong>${request.path}</strong>${request.query !== "" && html`<span class="glimpse">?${request.query.slice(0, 200)}</span>`}</span>
<span class="who">${whoOf(panel, request)}</span>
<span class="result">${statusTag(panel, request)}${
    request.errcode !== undefined && tag(String(request.errcode), request.errcode === 0 ? "good" : "bad")
  }${request.fault !== undefined && tag(`${t("fault", "故障")} ${request.fault}`, "warn")}</span>
${request.reason && html`<span class="reason">${request.reason[language]}</span>`}
</summary>${details(panel, request)}</details></li>`;
}

function statusTag({ t }: Panel, { status }: LoggedRequest): Html {
  if (status === 0) return tag(t("reset", "已断开"), "bad");
  return tag(String(status), status >= 400 ? "bad" : "calm");
}

function whoOf({ store }: Panel, { person: id }: LoggedRequest): Html | undefined {
  if (id === undefined) return undefined;
  const nickname = store.people.find(id)?.nickname ?? "";
  return html`<bdi>${nickname === "" ? id : nickname}</bdi>`;
}

function details(panel: Panel, request: LoggedRequest): Html {
  const { t, language, origin } = panel;
  const curl = curlOf(request, origin);
  const rows: [string, Html | string | undefined | false][] = [
    [
      t("Time", "时间"),
      html`<span class="whole">${dateAndTime(Date.parse(request.at))}</span> <span class="whole soft">${request.at}</span>`,
    ],
    [t("Reason", "原因"), request.reason?.[language]],
    [
      "errcode",
      request.errcode !== undefined &&
        html`<strong>${request.errcode}</strong> ${errmsgFor(request.errcode)}`,
    ],
    [
      "HTTP",
      request.status === 0
        ? t("no response: the connection was reset", "没有响应：连接被断开")
        : String(request.status),
    ],
    [
      t("Fault", "故障"),
      request.fault !== undefined && html`${request.fault} · ${t("planned fault", "由预设故障触发")}`,
    ],
    [
      t("Person", "用户"),
      request.person !== undefined && html`${whoOf(panel, request)} <code>${request.person}</code>`,
    ],
    [t("App", "应用"), appOf(panel, request)],
    ["rid", request.rid !== undefined && copyable(t, request.rid, "rid")],
  ];
  return html`<div class="request-details"><dl>${rows
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${request.query !== "" && html`<h2>${t("Query as received", "查询字符串（原样）")}</h2><pre tabindex="0">${request.query}</pre>${parameters(panel, request)}`}
${request.body !== undefined && html`<h2>${t("Body as received", "请求体（原样）")}</h2><pre tabindex="0">${request.body}</pre>`}
${request.answer !== undefined && html`<h2>${answerTitle(panel, request)}</h2><pre tabindex="0">${request.answer}</pre>`}
<h2>curl</h2><pre tabindex="0">${curl}</pre>
<p><button type="button" class="copy wide" data-copy="${curl}">${t("Copy as curl", "复制为 curl")}</button>
<span class="soft">${t("The secret is masked: replace *** with your own.", "密钥已遮蔽：请将 *** 替换为你自己的密钥。")}</span></p></div>`;
}

/** The decoded query, one parameter per line, in order: WeChat checks the order. */
function parameters({ t }: Panel, { query }: LoggedRequest): Html {
  const rows = parseRawQuery(`?${query}`).map(
    ({ name, value }) => html`<tr><th scope="row">${name}</th><td>${decode(value) ?? value}</td></tr>`,
  );
  return html`<table class="parameters"><caption class="unseen">${t("Decoded parameters in order", "参数（已解码，按原顺序）")}</caption><tbody>${rows}</tbody></table>`;
}

function answerTitle({ t }: Panel, { status, path, fault, answer = "" }: LoggedRequest): string {
  if (status === 0) return t("Response that was not delivered", "未送达的响应");
  if (path.startsWith("/connect/") && /^https?:/.test(answer))
    return t("Redirected the browser to", "浏览器跳转到");
  const isCorrupted = fault === "truncated_json" || fault === "broken_utf8" || fault === "oversized";
  return isCorrupted
    ? t("Response before the fault changed it", "响应（故障生效前）")
    : t("Response", "响应");
}

function appOf({ store }: Panel, { query, body }: LoggedRequest): Html | undefined {
  const appId =
    decode(findRaw(parseRawQuery(`?${query}`), "appid") ?? "") ||
    /"appid"\s*:\s*"([^"]*)"/.exec(body ?? "")?.[1];
  if (!appId) return undefined;
  return html`${store.apps.find(appId)?.name} <code>${appId}</code>`;
}
