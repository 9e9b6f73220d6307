import { MAX_HEADIMGURL_LENGTH, MAX_NICKNAME_LENGTH } from "../input/parse-person.js";
import { type Html, html } from "../pages/html.js";
import { initialAvatar } from "../pages/person-view.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Person } from "../stores/person.js";
import { copyable, form, hidden, tag } from "./components.js";
import { DELETE_PERSON_PATH, type Panel, PEOPLE_PATH } from "./panel.js";

/** One person: identities in each app, and the commands about them. */
export function personCard(panel: Panel, person: Person): Html {
  const { store, browser, t } = panel;
  const isThis = browser.personId === person.id;
  const apps = store.apps.list();
  const who = html`${hidden("person", person.id)}`;
  return html`<div class="person-head">${initialAvatar(person)}<div class="grow"><h2><bdi class="nickname">${person.nickname === "" ? t("(no nickname)", "（无昵称）") : person.nickname}</bdi></h2>
<p class="soft"><code>${person.id}</code></p></div>${
    isThis
      ? tag(t("this browser", "此浏览器"), "good")
      : form(
          { action: "phone", back: PEOPLE_PATH },
          who,
          html`<button aria-label="${t("Use this person", "使用该用户")}: ${person.id}">${t("Use this person", "使用该用户")}</button>`,
        )
  }</div>
<p class="tags">${person.unionid ? tag(t("unionid", "有 unionid")) : tag(t("no unionid", "无 unionid"), "warn")}
${person.follows ? tag(t("follower", "已关注")) : tag(t("does not follow", "未关注"), "warn")}
${person.headimgurl === "" && tag(t("no avatar", "无头像"), "warn")}
${person.snapshot && tag(t("snapshot visitor", "快照页访客"), "warn")}
${person.highRisk && tag(t("high risk", "高风险"), "warn")}</p>
${unionids(panel, person, apps)}
<ul class="identities">${apps.map((app) => html`<li>${identity(panel, person, app)}</li>`)}</ul>
<details class="more"><summary>${t("Change", "修改")}<span class="unseen"> ${person.id}</span></summary>${editForm(panel, person)}
${form({ action: "people/password", back: PEOPLE_PATH }, who, html`<p class="soft">${t("A new WeChat password ends every web token of this person (42007).", "修改微信密码会使该用户的网页授权令牌全部失效（42007）。")}</p><button>${t("Change the password", "修改密码")}</button>`)}
<p><a class="button danger" href="${DELETE_PERSON_PATH}?person=${person.id}">${t("Delete the account …", "注销账号…")}<span class="unseen"> ${person.id}</span></a></p></details>`;
}

/** One unionid per Open Platform account. */
function unionids({ store, t }: Panel, person: Person, apps: SimulatedApp[]): Html | undefined {
  const groups = new Map<string, string>();
  for (const app of apps) {
    const { unionid } = store.people.identify(person, app);
    if (unionid !== undefined && app.openPlatform !== null) groups.set(app.openPlatform, unionid);
  }
  if (groups.size === 0) return undefined;
  return html`${[...groups].map(
    ([group, unionid]) =>
      html`<p class="id-line"><span class="soft">unionid${groups.size > 1 && ` · ${group}`}</span> ${copyable(t, unionid, `unionid ${person.id}`)}</p>`,
  )}`;
}

function identity({ store, t }: Panel, person: Person, app: SimulatedApp): Html {
  const { openid } = store.people.identify(person, app);
  const both = html`${hidden("person", person.id)}${hidden("appId", app.appId)}`;
  const label = (act: string) => `${act}: ${person.id}, ${app.name}`;
  const act = (action: string, words: string) =>
    form(
      { action, back: PEOPLE_PATH, className: "inline" },
      both,
      html`<button class="small" aria-label="${label(words)}">${words}</button>`,
    );
  const follows = store.followers.isFollowing(person, app);
  const acts =
    app.kind === "mini_program"
      ? act("people/js-code", t("Create a js_code", "生成 js_code"))
      : html`${app.kind === "official_account" && (follows ? act("people/unfollow", t("Unfollow", "取消关注")) : act("people/follow", t("Follow", "关注")))}${act("people/revoke", t("Revoke", "撤销授权"))}`;
  return html`<p class="id-line"><span class="app-name">${app.name}</span> ${copyable(t, openid, `openid ${label(app.name)}`)}</p><div class="acts">${acts}</div>`;
}

function editForm({ t }: Panel, person: Person): Html {
  const check = (name: "unionid" | "follows" | "snapshot" | "highRisk", words: string) =>
    html`<label class="check"><input type="checkbox" name="${name}" value="1"${person[name] && html` checked`}><span>${words}</span></label>`;
  return form(
    { action: "people/update", back: PEOPLE_PATH },
    html`${hidden("person", person.id)}<label class="field"><span>${t("Nickname", "昵称")}</span><input name="nickname" value="${person.nickname}" maxlength="${MAX_NICKNAME_LENGTH}" autocomplete="off"></label>
<label class="field"><span>${t("Avatar URL, empty for none", "头像地址，留空表示没有")}</span><input name="headimgurl" value="${person.headimgurl}" maxlength="${MAX_HEADIMGURL_LENGTH}" autocomplete="off"></label>
<div class="row checks">${check("unionid", t("has a unionid", "有 unionid"))}${check("follows", t("follows the accounts", "已关注公众号"))}
${check("snapshot", t("snapshot visitor", "快照页访客"))}${check("highRisk", t("high risk (40226)", "高风险（40226）"))}</div>
<button class="main">${t("Save", "保存")}</button>`,
  );
}
