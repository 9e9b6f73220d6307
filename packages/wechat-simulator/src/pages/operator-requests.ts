import type { LoggedRequest } from "../request-log.js";
import type { Language } from "../text.js";
import type { World } from "../world.js";
import { type Html, html } from "./html.js";

/** The page shows these; `GET /_simulator/requests` has all that are remembered. */
const SHOWN = 60;

/** The latest requests, newest first, each with the reason that the real WeChat keeps to itself. */
export function requestsSection(world: World, language: Language): Html {
  const zh = language === "zh";
  const latest = world.requests.list().slice(-SHOWN).reverse();
  const entries = latest.map((entry) => requestEntry(entry, language));
  return html`<section class="card" id="requests"><div class="top"><h2>${zh ? "最近的请求" : "Latest requests"}</h2>
<div class="scan"><a class="button" href="/?at=${Date.now()}#requests">${zh ? "刷新" : "Refresh"}</a>
<form method="post" action="/_simulator/forms/requests/clear"><button>${zh ? "清空" : "Clear"}</button></form></div></div>
${
  entries.length === 0
    ? html`<p class="soft">${zh ? "还没有请求。用应用登录一次看看。" : "None yet. Sign in with an app and look again."}</p>`
    : html`<ol class="log">${entries}</ol>`
}</section>`;
}

function requestEntry(entry: LoggedRequest, language: Language): Html {
  const isFine =
    entry.errcode === undefined && entry.reason === undefined && entry.status >= 200 && entry.status < 400;
  const status = entry.status === 0 ? (language === "zh" ? "连接中断" : "cut") : String(entry.status);
  return html`<li><span class="line"><time class="soft mono" datetime="${entry.at}">${entry.at.slice(11, 19)}</time>
<strong class="mono">${entry.method} ${entry.path}</strong>
<span class="${isFine ? "good" : "bad"}">${status}${entry.errcode !== undefined && ` · ${entry.errcode}`}</span>
${entry.person !== undefined && html`<span class="soft">${entry.person}</span>`}
${entry.fault !== undefined && html`<span class="soft">${language === "zh" ? "故障" : "fault"}: ${entry.fault}</span>`}</span>
${entry.query !== "" && html`<details><summary>query</summary><code>${entry.query}</code></details>`}
${entry.reason && html`<span class="reason">${entry.reason[language]}</span>`}</li>`;
}
