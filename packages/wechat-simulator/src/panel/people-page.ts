import { MAX_HEADIMGURL_LENGTH, MAX_NICKNAME_LENGTH } from "../input/parse-person.js";
import { type Html, html } from "../pages/html.js";
import { empty, form, head, tag } from "./components.js";
import { type Panel, type PanelPage, PEOPLE_PATH, type Translate } from "./panel.js";
import { personCard } from "./person-card.js";

/** `/people`: who has a phone here, and who this browser is. */
export const peoplePage: PanelPage = {
  path: PEOPLE_PATH,
  title: (t) => t("People", "用户"),
  render(panel) {
    const { store, t } = panel;
    const people = store.people.list();
    return html`${head(
      t("People", "用户"),
      t(
        "Everybody with a phone. Openids follow from a seed: they are the same on every run.",
        "所有模拟用户。openid 由种子算出，每次运行都相同。",
      ),
      html`<a class="button main" href="#new">${t("New person", "新建用户")}</a>`,
    )}
${thisBrowser(panel)}
${people.length === 0 ? nobody(t) : html`<ul class="cards">${people.map((person) => html`<li class="card" id="person-${person.id}">${personCard(panel, person)}</li>`)}</ul>`}
<p class="soft">${t("Scripts may also be", "脚本还可使用")} <code>crowd-0</code>${t(", ", "、")}<code>crowd-1</code>${t(" … as many as they want.", " 等，数量不限。")}</p>
${newPerson(panel)}`;
  },
};

function nobody(t: Translate): Html {
  return empty(
    t("Nobody is left.", "没有用户了。"),
    html`<p>${t("A reset brings the named few back; or make somebody new below.", "重置可恢复最初的几位；也可以在下面新建。")} <a href="/clock#reset">${t("Where to reset", "前往重置")}</a></p>`,
  );
}

/** Whether this browser passes for WeChat's, and who holds it: cookies of this browser alone. */
function thisBrowser({ store, browser, t }: Panel): Html {
  const person = store.people.find(browser.personId ?? "");
  const pretends = browser.actsAsWeChat;
  return html`<section class="card strip" aria-labelledby="this-browser"><div><h2 id="this-browser">${t("This browser", "此浏览器")}</h2>
<p>${
    person
      ? html`${t("is", "正在扮演")} <strong><bdi>${person.nickname === "" ? person.id : person.nickname}</bdi></strong>`
      : t(
          "is nobody yet: press “Be this person” below, or choose on the first page that asks.",
          "尚未选择用户：点下面的「扮演此人」，或在授权页首次询问时选择。",
        )
  }${pretends && html` ${tag(t("passes for WeChat", "模拟微信内置浏览器"), "good")}`}</p></div>
${form(
  { action: "wechat", back: PEOPLE_PATH },
  html`<input type="hidden" name="pretend" value="${pretends ? "0" : "1"}"><button>${
    pretends ? t("Stop passing for WeChat", "停止模拟") : t("Pass for WeChat", "模拟微信内置浏览器")
  }</button>`,
)}</section>`;
}

function newPerson({ t }: Panel): Html {
  const check = (name: string, words: string, checked: boolean) =>
    html`<label class="check"><input type="checkbox" name="${name}" value="1"${checked && html` checked`}><span>${words}</span></label>`;
  return html`<section class="card" id="new" aria-labelledby="new-person"><h2 id="new-person">${t("New person", "新建用户")}</h2>${form(
    { action: "people/create", back: PEOPLE_PATH },
    html`<div class="row"><label class="field grow"><span>${t("Nickname", "昵称")}</span><input name="nickname" maxlength="${MAX_NICKNAME_LENGTH}" autocomplete="off"></label>
<label class="field"><span>${t("Id, for scripts", "id（供脚本使用）")}</span><input name="id" pattern="[a-z0-9][a-z0-9\\-]{0,39}" placeholder="${t("made up if empty", "留空则自动生成")}" autocomplete="off"></label></div>
<div class="row"><label class="field grow"><span>${t("Avatar URL, empty for none", "头像地址，留空表示没有")}</span><input name="headimgurl" type="url" value="https://thirdwx.qlogo.cn/mmopen/vi_32/simulated/132" maxlength="${MAX_HEADIMGURL_LENGTH}" autocomplete="off"></label></div>
<div class="row checks">${check("unionid", t("has a unionid", "有 unionid"), true)}${check("follows", t("follows the accounts", "已关注公众号"), true)}${check("snapshot", t("snapshot visitor", "快照页访客"), false)}${check("highRisk", t("high risk (40226)", "高风险（40226）"), false)}</div>
<button class="main">${t("Create", "创建")}</button>`,
  )}</section>`;
}
