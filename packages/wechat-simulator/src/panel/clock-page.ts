import { type IssuedCredential, listCredentials } from "../control/issued-credentials.js";
import { type Html, html } from "../pages/html.js";
import { empty, form, head, middleCut, options, tag } from "./components.js";
import { credentialName } from "./credential-name.js";
import type { Panel, PanelPage, Translate } from "./panel.js";
import { countdown, dateAndTime, span, zoneOf } from "./time.js";

const PAGE = "/clock";
const SHOWN = 12;

/** `/clock`: the simulator's time, which only moves forward, and the codes and tokens that expire by it. */
export const clockPage: PanelPage = {
  path: PAGE,
  title: (t) => t("Clock", "时间"),
  render(panel) {
    const { store, t } = panel;
    const now = store.clock.now();
    return html`${head(t("Clock", "时间"), t("Move the clock forward and see codes and tokens expire. Only a reset moves it back.", "让时间前进，观察 code 和令牌何时过期。时间不能后退；重置后恢复为本机时间。"))}
<section class="card" aria-labelledby="time"><h2 id="time" class="unseen">${t("Current time", "当前时间")}</h2>
<p class="clock"><time class="mono clock-time" data-now="${now}" data-zone="${-new Date(now).getTimezoneOffset()}">${dateAndTime(now)}</time> <span class="soft">${zoneOf(now)}</span></p>
<p>${
      store.clock.aheadMs === 0
        ? t("The same as this machine's clock.", "与本机时间一致。")
        : html`<strong class="warn-text">${t(`${span(t, store.clock.aheadMs)} ahead of this machine`, `比本机快 ${span(t, store.clock.aheadMs)}`)}</strong>`
    }</p>
${jumps(t)}${customJump(t)}</section>
<div class="columns">${nextToExpire(panel, now)}${recentlyExpired(panel, now)}</div>
<section class="card" aria-labelledby="reset"><h2 id="reset">${t("Start over", "重新开始")}</h2>
<p>${t("Removes all codes, tokens, faults, requests and the people you created; restores the initial people, apps, switches and clock.", "清除所有 code、令牌、故障、请求和你新建的用户；初始用户、应用、开关和时间恢复原状。")}</p>
${form({ action: "reset", back: PAGE }, html`<button class="danger">${t("Reset everything", "全部重置")}</button>`)}</section>`;
  },
};

function jumps(t: Translate): Html {
  const steps: [seconds: number, words: string, about: string][] = [
    [60, t("+1 min", "+1 分钟"), t("minute quotas reset", "每分钟额度重置")],
    [300, t("+5 min", "+5 分钟"), t("a code expires", "code 过期")],
    [600, t("+10 min", "+10 分钟"), t("a code from the QR page expires", "扫码登录的 code 过期")],
    [7200, t("+2 h", "+2 小时"), t("access tokens expire", "access_token 过期")],
    [86_400, t("+1 day", "+1 天"), t("daily quotas reset", "每日额度重置")],
    [30 * 86_400, t("+30 days", "+30 天"), t("refresh tokens expire", "refresh_token 过期")],
  ];
  const buttons = steps.map(
    ([seconds, words, about]) =>
      html`<button name="seconds" value="${seconds}" class="jump"><strong>${words}</strong><span class="jump-about">${about}</span></button>`,
  );
  return form({ action: "clock", back: PAGE, className: "jumps" }, buttons);
}

function customJump(t: Translate): Html {
  const units = [
    { value: "1", text: t("seconds", "秒") },
    { value: "60", text: t("minutes", "分钟") },
    { value: "3600", text: t("hours", "小时") },
    { value: "86400", text: t("days", "天") },
  ];
  return form(
    { action: "clock", back: PAGE, className: "row" },
    html`<label class="field"><span>${t("Forward by", "前进")}</span><input name="seconds" type="number" min="0" max="315360000" step="any" value="90" required></label>
<label class="field"><span>${t("Unit", "单位")}</span><select name="unit">${options(units, "1")}</select></label><button>${t("Move", "前进")}</button>`,
  );
}

function nextToExpire(panel: Panel, now: number): Html {
  const { store, t } = panel;
  const next = listCredentials(store)
    .filter(({ state }) => state === "alive")
    .sort((a, b) => a.endsAtMs - b.endsAtMs)
    .slice(0, SHOWN);
  const rows = next.map(
    (credential) =>
      html`<li>${describeCredential(panel, credential)}<span class="credential-left">${countdown(t, credential.endsAtMs, now)}${form(
        { action: "clock", back: PAGE, className: "inline" },
        html`<button class="small" name="seconds" value="${Math.max(0, Math.ceil((credential.endsAtMs - now) / 1000))}" aria-label="${t("Jump to its expiry", "跳到过期时刻")}: ${credentialName(t, credential)} ${middleCut(credential.value)}">${t("Jump", "跳到过期时刻")}</button>`,
      )}</span></li>`,
  );
  return html`<section class="card" aria-labelledby="next"><h2 id="next">${t("Expires next", "即将过期")}</h2>${
    rows.length === 0
      ? empty(
          t("No valid codes or tokens.", "暂无有效的 code 或令牌。"),
          html`<p>${t("Sign in with your app to see its code and tokens count down here.", "用你的应用登录一次，即可在这里看到 code 和令牌的倒计时。")} <a href="/guide">${t("How to connect it", "如何接入")}</a></p>`,
        )
      : html`<ul class="plain-list">${rows}</ul>`
  }</section>`;
}

function recentlyExpired(panel: Panel, now: number): Html {
  const { store, t } = panel;
  const gone = listCredentials(store)
    .filter(({ state }) => state === "expired")
    .sort((a, b) => b.endsAtMs - a.endsAtMs)
    .slice(0, SHOWN);
  const rows = gone.map(
    (credential) =>
      html`<li>${describeCredential(panel, credential)}<span class="credential-left">${tag(t(`${span(t, now - credential.endsAtMs)} ago`, `${span(t, now - credential.endsAtMs)}前`), "warn")}</span></li>`,
  );
  return html`<section class="card" aria-labelledby="gone"><h2 id="gone">${t("Expired", "已过期")}</h2>${
    rows.length === 0
      ? empty(
          t("Nothing has expired yet.", "暂无过期记录。"),
          html`<p>${t("Move the clock forward above to see codes and tokens expire here.", "在上方让时间前进，过期的 code 和令牌会列在这里。")}</p>`,
        )
      : html`<ul class="plain-list">${rows}</ul>`
  }</section>`;
}

function describeCredential({ store, t }: Panel, credential: IssuedCredential): Html {
  const { personId, appId, value } = credential;
  const nickname = personId === undefined ? "" : (store.people.find(personId)?.nickname ?? "");
  const owner = nickname === "" ? personId : nickname;
  return html`<span class="grow"><strong>${credentialName(t, credential)}</strong> <code>${middleCut(value, 4)}</code><br><span class="soft">${owner !== undefined && html`<bdi class="name">${owner}</bdi> · `}${store.apps.find(appId)?.name ?? appId}</span></span>`;
}
