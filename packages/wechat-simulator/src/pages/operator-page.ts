import type { BrowserMemory } from "../browser.js";
import type { Language } from "../text.js";
import type { World } from "../world.js";
import { type Html, html } from "./html.js";
import { renderPage } from "./layout.js";
import { appsSection, peopleSection, thisBrowserSection } from "./operator-people.js";
import { requestsSection } from "./operator-requests.js";
import { faultsSection, settingsSection } from "./operator-switches.js";

/** Everything about this WeChat on one page: rendered here, no script, forms that come back to it. */
export function operatorPage(world: World, browser: BrowserMemory): string {
  const { language } = browser;
  const body = html`<header class="top"><div><h1>${language === "zh" ? "模拟微信" : "Simulated WeChat"}</h1>
<p class="soft">${
    language === "zh"
      ? "像真的微信一样拒绝。用它离线开发和测试微信登录；请勿对外开放。"
      : "It refuses as the real one does. For developing and testing WeChat login offline; never open it to others."
  }</p></div>${languageSwitch(language)}</header>
<main>
<div class="columns"><div>${thisBrowserSection(world, browser)}${faultsSection(world, language)}</div>
<div>${appsSection(world, language)}${settingsSection(world, language)}</div></div>
${peopleSection(world, language)}
${requestsSection(world, language)}
</main>`;
  return renderPage({ language, title: language === "zh" ? "操作页" : "Operator page", body, width: "wide" });
}

function languageSwitch(language: Language): Html {
  return language === "zh"
    ? html`<a href="/?lang=en" lang="en" hreflang="en">English</a>`
    : html`<a href="/?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>`;
}
