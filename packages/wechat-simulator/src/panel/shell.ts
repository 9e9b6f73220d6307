import type { FastifyReply } from "fastify";
import { type Html, html } from "../pages/html.js";
import { DEFAULT_SETTINGS, type Settings } from "../stores/settings.js";
import { PANEL_STYLES } from "./files.js";
import { flashOf } from "./flash.js";
import type { Panel, PanelPage } from "./panel.js";
import { dateAndTime, span } from "./time.js";

/**
 * Scripts and styles from this origin's files only, none inline: even a nickname that escaped its context could not run
 * anything.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function sendPanel(reply: FastifyReply, markup: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      // Pages that open the panel, or that it opens, cannot access its window.
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // same-origin, because with no-referrer browsers send forms with `Origin: null`.
      "referrer-policy": "same-origin",
    })
    .send(markup);
}

/** Renders one page of the panel with its frame. */
export function renderPanel(panel: Panel, pages: readonly PanelPage[], page: PanelPage): string {
  return renderShell(panel, pages, page.path, page.title(panel.t), page.render(panel));
}

/** @param path the current page in the navigation */
export function renderShell(
  panel: Panel,
  pages: readonly PanelPage[],
  path: string,
  title: string,
  body: Html,
): string {
  const { t, language } = panel;
  const links = pages.map(
    ({ path: target, title }) =>
      html`<li><a href="${target}"${target === path && html` aria-current="page"`}>${title(t)}</a></li>`,
  );
  return html`<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · ${t("WeChat simulator", "微信模拟器")}</title>
${PANEL_STYLES.map((name) => html`<link rel="stylesheet" href="/_simulator/panel/${name}">`)}
<script type="module" src="/_simulator/panel/panel.js"></script>
</head>
<body data-copied="${t("Copied", "已复制")}" data-offline="${t("The simulator does not respond.", "模拟器没有响应。")}" data-units="${t("d h min s", "天 小时 分 秒")}">
<a class="skip" href="#main">${t("Skip to the content", "跳到正文")}</a>
<header class="top"><a class="brand" href="/"><span class="mark" aria-hidden="true">SIM</span><span>${t("WeChat simulator", "微信模拟器")}<small>${t("not the real WeChat", "并非真实的微信")}</small></span></a>
<nav aria-label="${t("Panel", "控制面板")}"><ul>${links}</ul></nav></header>
<div class="frame">${statusBar(panel, path)}
<div id="flash" role="status">${flashOf(panel)}</div>
<main id="main" tabindex="-1">${body}</main></div>
<div id="toast" role="status" class="toast"></div>
</body>
</html>
`.markup;
}

/** The status on every page: time, planned faults, changed switches, and this browser's person. */
function statusBar({ store, browser, t, language }: Panel, path: string): Html {
  const now = store.clock.now();
  const planned = store.faults.list().length;
  const switched = (Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]).filter(
    (name) => store.settings[name] !== DEFAULT_SETTINGS[name],
  ).length;
  const person = store.people.find(browser.personId ?? "");
  return html`<section class="status" id="status" aria-label="${t("State of the simulator", "模拟器状态")}">
<a href="/clock" class="chip"><span class="chip-name">${t("Clock", "时间")}</span> <time class="mono" id="now" data-now="${now}" data-zone="${-new Date(now).getTimezoneOffset()}">${dateAndTime(now)}</time>${
    store.clock.aheadMs > 0 && html` <strong class="warn-text">+${span(t, store.clock.aheadMs)}</strong>`
  }</a>
<a href="/faults" class="chip${planned > 0 && " warn"}"><span class="chip-name">${t("Faults", "故障")}</span> ${planned === 0 ? t("none", "无") : planned}</a>
<a href="/switches" class="chip${switched > 0 && " warn"}"><span class="chip-name">${t("Switches changed", "已更改开关")}</span> ${switched === 0 ? t("none", "无") : switched}</a>
<a href="/people" class="chip"><span class="chip-name">${t("This browser", "此浏览器")}</span> ${
    person
      ? html`<bdi class="chip-person">${person.nickname === "" ? person.id : person.nickname}</bdi>`
      : t("no person yet", "尚未选择")
  }${browser.actsAsWeChat && html` <span class="soft whole">· ${t("acts as WeChat", "模拟微信")}</span>`}</a>
${
  language === "zh"
    ? html`<a class="language" href="${path}?lang=en" lang="en" hreflang="en">English</a>`
    : html`<a class="language" href="${path}?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>`
}</section>`;
}
