import { API_ENDPOINTS, PAGE_ENDPOINTS } from "../endpoints.js";
import { listErrcodes } from "../errcodes.js";
import type { Fault } from "../faults.js";
import type { Language, Text } from "../text.js";
import type { World } from "../world.js";
import { type Html, html } from "./html.js";

/** What a form offers; `reset` is offered twice, once for each moment. */
const KINDS: Record<Exclude<Fault["kind"], "reset"> | "reset:before" | "reset:after", Text> = {
  errcode: { en: "errcode (fill in below)", zh: "errcode（填在下面）" },
  delay: { en: "late answer (ms below)", zh: "延迟应答（毫秒填在下面）" },
  "reset:before": { en: "connection cut, code not spent", zh: "连接中断，code 未消耗" },
  "reset:after": { en: "connection cut, code spent", zh: "连接中断，code 已消耗" },
  http_502: { en: "HTTP 502 with HTML", zh: "HTTP 502 和 HTML" },
  invalid_json: { en: "not JSON", zh: "不是 JSON" },
  truncated_json: { en: "JSON cut short, code spent", zh: "JSON 被截断，code 已消耗" },
  broken_utf8: { en: "broken UTF-8, code spent", zh: "UTF-8 损坏，code 已消耗" },
  oversized: { en: "over 256 KB, code spent", zh: "超过 256 KB，code 已消耗" },
  body: { en: "a body of my own (below)", zh: "自定义内容（填在下面）" },
};

/** "Make the next calls fail." */
export function faultsSection(world: World, language: Language): Html {
  const zh = language === "zh";
  const planned = world.faults
    .list()
    .map(
      ({ endpoint, fault, remaining }) =>
        html`<li><span class="line"><code>${endpoint}</code><strong>${describeFault(fault)}</strong><span class="soft">× ${remaining}</span></span></li>`,
    );
  const endpoints = [...API_ENDPOINTS, ...PAGE_ENDPOINTS].map(
    (endpoint) => html`<option>${endpoint}</option>`,
  );
  const kinds = Object.entries(KINDS).map(
    ([kind, text]) => html`<option value="${kind}">${text[language]}</option>`,
  );
  const errcodes = listErrcodes().map(
    ({ errcode, errmsg }) => html`<option value="${errcode}">${errmsg}</option>`,
  );
  return html`<section class="card" id="faults"><h2>${zh ? "让接下来的调用失败" : "Make the next calls fail"}</h2>
<form method="post" action="/_simulator/forms/faults">
<div class="row"><label class="field">${zh ? "接口" : "Endpoint"}<select name="endpoint">${endpoints}</select></label>
<label class="field">${zh ? "次数" : "How many calls"}<input name="times" type="number" min="1" max="1000000" value="1" required></label></div>
<div class="row"><label class="field">${zh ? "怎样失败" : "How"}<select name="kind">${kinds}</select></label></div>
<div class="row"><label class="field">errcode<input name="errcode" list="errcodes" inputmode="numeric" pattern="-?\\d+" placeholder="-1, 40163, …"></label>
<datalist id="errcodes">${errcodes}</datalist>
<label class="field">${zh ? "延迟（毫秒）" : "Delay in ms"}<input name="ms" type="number" min="0" max="600000" placeholder="3000"></label></div>
<details><summary>${zh ? "自定义内容" : "A body of my own"}</summary>
<div class="row"><label class="field">${zh ? "内容；$SECRET 和 $CODE 会换成请求所带的值" : "Body; $SECRET and $CODE become what the request carried"}
<textarea name="body"></textarea></label></div>
<div class="row"><label class="field">Content-Type<input name="contentType" placeholder="${zh ? "默认同该接口" : "as the endpoint's own"}"></label></div></details>
<div class="row"><button class="main">${zh ? "设置" : "Plan it"}</button></div></form>
${
  planned.length === 0
    ? html`<p class="soft">${zh ? "没有预设的故障。" : "Nothing is planned: all calls work."}</p>`
    : html`<ul class="log">${planned}</ul><form method="post" action="/_simulator/forms/faults/clear"><button>${zh ? "全部取消" : "Cancel all"}</button></form>`
}</section>`;
}

/** What happens on refusal, doubled callbacks, and the clock. */
export function settingsSection(world: World, language: Language): Html {
  const zh = language === "zh";
  const { refusal, doubleCallback } = world.settings;
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === refusal && html` selected`}>${text}</option>`;
  const jumps: [seconds: number, text: Text][] = [
    [300, { en: "+5 min", zh: "+5 分钟" }],
    [600, { en: "+10 min", zh: "+10 分钟" }],
    [7200, { en: "+2 h", zh: "+2 小时" }],
    [30 * 86_400, { en: "+30 days", zh: "+30 天" }],
  ];
  const buttons = jumps.map(
    ([seconds, text]) => html`<button name="advanceSeconds" value="${seconds}">${text[language]}</button>`,
  );
  return html`<section class="card" id="settings"><h2>${zh ? "设置" : "Settings"}</h2>
<form method="post" action="/_simulator/forms/settings"><div class="row"><label class="field">${zh ? "拒绝授权后" : "When a person refuses"}
<select name="refusal">${option("nothing", zh ? "不跳转，应用不知情" : "no redirect, the app learns nothing")}
${option("state_only", zh ? "跳转，只带 state" : "redirect with state alone")}</select></label></div>
<div class="row"><label class="check"><input type="checkbox" name="doubleCallback" value="1"${doubleCallback && html` checked`}>
${zh ? "回调两次（两个 code，同一个 state）" : "call back twice (two codes, one state)"}</label></div>
<div class="row"><button>${zh ? "保存" : "Save"}</button></div></form><hr>
<form method="post" action="/_simulator/forms/clock"><p>${zh ? "模拟器的时间" : "The simulator's time"}: <span class="mono">${formatTime(world.clock.now())}</span></p>
<div class="row scan">${buttons}</div></form>
<p class="soft">${zh ? "有效的 code" : "Codes alive"}: ${world.codes.countLive()}</p></section>`;
}

/** `2026-01-31 08:30:00 UTC` */
export function formatTime(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "errcode":
      return `errcode ${fault.errcode}`;
    case "delay":
      return `delay ${fault.ms} ms`;
    case "reset":
      return `reset ${fault.when}`;
    default:
      return fault.kind;
  }
}
