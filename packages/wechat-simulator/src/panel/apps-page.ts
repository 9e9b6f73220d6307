import { type Html, html } from "../pages/html.js";
import { API_ENDPOINTS } from "../protocol/endpoints.js";
import { verifyFileOf } from "../rules/verify-file.js";
import type { SimulatedApp } from "../stores/apps.js";
import { copyable, form, head, hidden, options, tag } from "./components.js";
import { NO_ADDRESS } from "./forms-apps.js";
import type { Panel, PanelPage, Translate } from "./panel.js";

const PAGE = "/apps";

/** `/apps`: the settings of each app as in WeChat's consoles. `?show=<appId>` shows a secret. */
export const appsPage: PanelPage = {
  path: PAGE,
  title: (t) => t("Apps", "应用"),
  render(panel) {
    const { store, t } = panel;
    return html`${head(
      t("Apps", "应用"),
      t(
        "The settings you would find in WeChat's consoles. Appids and secrets are development values and useless in the real WeChat.",
        "相当于微信后台中的设置。appid 和 appSecret 仅供开发使用，对真实的微信无效。",
      ),
    )}
<ul class="cards">${store.apps.list().map((app) => html`<li class="card" id="app-${app.appId}">${appCard(panel, app)}</li>`)}</ul>`;
  },
};

function appCard(panel: Panel, app: SimulatedApp): Html {
  const { store, t } = panel;
  const none = html`<span class="soft">—</span>`;
  const rows: [string, Html | string][] = [
    ["appId", copyable(t, app.appId, "appId")],
    ["appSecret", secret(panel, app)],
    [t("Group", "分组"), app.openPlatform ?? t("none, therefore no unionid", "无，因此没有 unionid")],
    [
      t("Callback domains", "回调域名"),
      app.callbackHosts.length > 0 ? html`<code>${app.callbackHosts.join(", ")}</code>` : none,
    ],
    ["scope", app.scopes.length > 0 ? html`<code>${app.scopes.join(", ")}</code>` : none],
    ...(app.kind === "official_account"
      ? ([
          [
            t("IP allow-list", "IP 白名单"),
            app.ipAllowList === null
              ? t("any address", "不限制")
              : html`<code>${app.ipAllowList.join(", ") || NO_ADDRESS}</code>`,
          ],
          [
            t("Verification file", "校验文件"),
            html`<code>${verifyFileOf(store.people.seed, app.appId).name}</code>`,
          ],
        ] satisfies [string, Html | string][])
      : []),
  ];
  return html`<div class="person-head"><div class="grow"><h2>${app.name}</h2><p class="soft">${kindLabel(panel, app)}</p></div>${app.banned && tag(t("banned", "已封禁"), "bad")}</div>
<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${quotas(panel, app)}
<details class="more"><summary>${t("Change", "修改")}<span class="unseen"> ${app.name}</span></summary>${editForm(panel, app)}</details>`;
}

function secret({ query, t }: Panel, app: SimulatedApp): Html {
  const name = `appSecret, ${app.name}`;
  if (query.show === app.appId) {
    return html`${copyable(t, app.appSecret, name)} <a href="${PAGE}#app-${app.appId}" aria-label="${t("Hide", "隐藏")} ${name}">${t("Hide", "隐藏")}</a>`;
  }
  return html`<code>••••••••</code> <a href="${PAGE}?show=${app.appId}#app-${app.appId}" aria-label="${t("Show", "显示")} ${name}">${t("Show", "显示")}</a>`;
}

/** Endpoints that were used today, and those that issue the account's tokens, whose quota is small. */
function quotas({ store, t }: Panel, app: SimulatedApp): Html | undefined {
  const rows = API_ENDPOINTS.flatMap((endpoint) => {
    const limit = app.limits.daily[endpoint];
    const used = limit === undefined ? 0 : store.quotas.usedToday(app.appId, endpoint);
    const isTokenEndpoint =
      app.kind === "official_account" && (endpoint === "token" || endpoint === "stable_token");
    return limit !== undefined && (used > 0 || isTokenEndpoint) ? [{ endpoint, limit, used }] : [];
  });
  if (rows.length === 0) return undefined;
  return html`<h3>${t("Calls today", "今日调用")}</h3><ul class="quotas">${rows.map(
    ({ endpoint, limit, used }) =>
      html`<li><code>${endpoint}</code><meter min="0" max="${Math.max(limit, 1)}" value="${used}" aria-label="${endpoint}"></meter><span class="mono">${used} / ${limit}</span></li>`,
  )}</ul>`;
}

function editForm({ t }: Panel, app: SimulatedApp): Html {
  const isAccount = app.kind === "official_account";
  return html`${form(
    { action: "apps/update", back: PAGE },
    html`${hidden("appId", app.appId)}
<label class="field"><span>${t("Callback domains, separated by commas", "回调域名，用逗号分隔")}</span><input name="callbackHosts" value="${app.callbackHosts.join(", ")}" autocomplete="off"></label>
<label class="field"><span>${t("Scopes, separated by commas", "scope，用逗号分隔")}</span><input name="scopes" value="${app.scopes.join(", ")}" autocomplete="off"></label>
<label class="field"><span>${t("Group (Open Platform account), empty for none", "分组（开放平台账号），留空表示无")}</span><input name="openPlatform" value="${app.openPlatform ?? ""}" autocomplete="off"></label>
${isAccount && accountFields(t, app)}
<label class="check"><input type="checkbox" name="banned" value="1"${app.banned && html` checked`}><span>${t("banned (page error 10004)", "已封禁（页面错误 10004）")}</span></label>
<button class="main">${t("Save", "保存")}</button>`,
  )}${isAccount && verifyForm(t, app)}${limitForm(t, app)}`;
}

function accountFields(t: Translate, { ipAllowList, messageUrl }: SimulatedApp): Html {
  return html`<label class="field"><span>${t(`IP allow-list, separated by commas; empty for any address, ${NO_ADDRESS} for no address`, `IP 白名单，用逗号分隔；留空表示不限制，填 ${NO_ADDRESS} 表示全部拒绝`)}</span><input name="ipAllowList" value="${ipAllowList === null ? "" : ipAllowList.join(", ") || NO_ADDRESS}" placeholder="127.0.0.1" autocomplete="off"></label>
<label class="field"><span>${t("Message URL; without one callback/check answers 40201", "消息推送地址；留空时 callback/check 返回 40201")}</span><input name="messageUrl" value="${messageUrl ?? ""}" autocomplete="off"></label>`;
}

function verifyForm(t: Translate, { appId }: SimulatedApp): Html {
  return form(
    { action: "apps/callback-host", back: PAGE },
    html`${hidden("appId", appId)}<div class="row"><label class="field grow"><span>${t("Add a callback domain by its verification file", "通过校验文件添加回调域名")}</span><input name="host" placeholder="localhost:4000" autocomplete="off" required></label>
<button>${t("Fetch and add", "校验并添加")}</button></div>`,
  );
}

/** Every limit with its current value. */
function limitForm(t: Translate, { appId, limits: { daily, perMinute, ...others } }: SimulatedApp): Html {
  const choices = (numbers: object, prefix = "") =>
    options(
      Object.entries(numbers).map(([name, most]) => ({
        value: `${prefix}${name}`,
        text: `${name} · ${most}`,
      })),
    );
  return form(
    { action: "apps/limit", back: PAGE },
    html`${hidden("appId", appId)}<div class="row"><label class="field grow"><span>${t("Limit", "上限")}</span><select name="limit">
<optgroup label="${t("calls per day; more answer 45009", "每日次数，超出后返回 45009")}">${choices(daily, "daily.")}</optgroup>
<optgroup label="${t("calls per minute; more answer 45011", "每分钟次数，超出后返回 45011")}">${choices(perMinute, "perMinute.")}</optgroup>
<optgroup label="${t("other", "其他")}">${choices(others)}</optgroup></select></label>
<label class="field"><span>${t("New value", "新值")}</span><input name="most" type="number" min="0" max="1000000000" value="5" required></label><button>${t("Set", "设置")}</button></div>`,
  );
}

function kindLabel({ t }: Panel, app: SimulatedApp): string {
  switch (app.kind) {
    case "website":
      return t("Website app · sign-in by QR code", "网站应用 · 扫码登录");
    case "mini_program":
      return t("Mini program · sign-in by js_code", "小程序 · 通过 js_code 登录");
    case "official_account":
      return app.testAccount
        ? t("Official Account (test account) · sign-in inside WeChat", "公众号（测试号） · 在微信内登录")
        : t("Official Account · sign-in inside WeChat", "公众号 · 在微信内登录");
  }
}
