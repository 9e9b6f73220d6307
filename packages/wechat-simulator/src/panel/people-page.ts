import { MAX_HEADIMGURL_LENGTH, MAX_NICKNAME_LENGTH } from "../input/parse-person.js";
import { type Html, html } from "../pages/html.js";
import { avatarPath } from "../stores/avatar-path.js";
import { empty, form, head, tag } from "./components.js";
import { type Panel, type PanelPage, PEOPLE_PATH, type Translate } from "./panel.js";
import { personCard } from "./person-card.js";

/** `/people`: the simulated people, and which of them this browser is. */
export const peoplePage: PanelPage = {
  path: PEOPLE_PATH,
  title: (t) => t("People", "用户"),
  render(panel) {
    const { store, t } = panel;
    const people = store.people.list();
    return html`${head(
      t("People", "用户"),
      t(
        "All simulated people. Openids are derived from a seed and are the same on every run.",
        "所有模拟用户。openid 由种子派生，每次运行都相同。",
      ),
      html`<a class="button main" href="#new">${t("New person", "新建用户")}</a>`,
    )}
${thisBrowser(panel)}
${people.length === 0 ? noPeople(t) : html`<ul class="cards">${people.map((person) => html`<li class="card" id="person-${person.id}">${personCard(panel, person)}</li>`)}</ul>`}
<p class="soft">${t("Scripts can also use", "脚本还可使用")} <code>crowd-0</code>${t(", ", "、")}<code>crowd-1</code>${t(" and so on, without limit.", " 等，数量不限。")}</p>
${newPerson(panel)}`;
  },
};

function noPeople(t: Translate): Html {
  return empty(
    t("No people left.", "没有用户了。"),
    html`<p>${t("Reset to restore the initial people, or create a new one below.", "重置可恢复初始用户；也可以在下方新建。")} <a href="/clock#reset">${t("Go to reset", "前往重置")}</a></p>`,
  );
}

/** Whether this browser acts as WeChat's, and which person it is. Both are cookies of this browser only. */
function thisBrowser({ store, browser, t }: Panel): Html {
  const person = store.people.find(browser.personId ?? "");
  const pretends = browser.actsAsWeChat;
  return html`<section class="card strip" aria-labelledby="this-browser"><div><h2 id="this-browser">${t("This browser", "此浏览器")}</h2>
<p>${
    person
      ? html`${t("You are", "当前用户：")} <strong><bdi>${person.nickname === "" ? person.id : person.nickname}</bdi></strong>`
      : t(
          "No person chosen yet: press “Use this person” below, or choose on the first authorize page.",
          "尚未选择用户：点击下方的「使用该用户」，或在授权页首次询问时选择。",
        )
  }${pretends && html` ${tag(t("acts as WeChat", "模拟微信内置浏览器"), "good")}`}</p></div>
${form(
  { action: "wechat", back: PEOPLE_PATH },
  html`<input type="hidden" name="pretend" value="${pretends ? "0" : "1"}"><button>${
    pretends ? t("Stop acting as WeChat", "停止模拟") : t("Act as WeChat", "模拟微信内置浏览器")
  }</button>`,
)}</section>`;
}

function newPerson({ t }: Panel): Html {
  const check = (name: string, words: string, checked: boolean) =>
    html`<label class="check"><input type="checkbox" name="${name}" value="1"${checked && html` checked`}><span>${words}</span></label>`;
  return html`<section class="card" id="new" aria-labelledby="new-person"><h2 id="new-person">${t("New person", "新建用户")}</h2>${form(
    { action: "people/create", back: PEOPLE_PATH },
    html`<div class="row"><label class="field grow"><span>${t("Nickname", "昵称")}</span><input name="nickname" maxlength="${MAX_NICKNAME_LENGTH}" autocomplete="off"></label>
<label class="field"><span>${t("Id, for scripts", "id（供脚本使用）")}</span><input name="id" pattern="[a-z0-9][a-z0-9\\-]{0,39}" placeholder="${t("generated if empty", "留空则自动生成")}" autocomplete="off"></label></div>
<div class="row"><label class="field grow"><span>${t("Avatar URL, empty for none", "头像地址，留空表示没有")}</span><input name="headimgurl" value="${avatarPath("new")}" maxlength="${MAX_HEADIMGURL_LENGTH}" autocomplete="off"></label></div>
<div class="row checks">${check("unionid", t("has a unionid", "有 unionid"), true)}${check("follows", t("follows the accounts", "已关注公众号"), true)}${check("snapshot", t("snapshot visitor", "快照页访客"), false)}${check("highRisk", t("high risk (40226)", "高风险（40226）"), false)}</div>
<button class="main">${t("Create", "创建")}</button>`,
  )}</section>`;
}
