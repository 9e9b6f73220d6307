import { type Html, html } from "../pages/html.js";
import type { Panel, PanelPage } from "./panel.js";
import { form, head, tag } from "./parts.js";
import { personCard } from "./person-card.js";

const PAGE = "/people";

/** `/people`: who has a phone here, and who this browser is. */
export const peoplePage: PanelPage = {
  path: PAGE,
  title: (t) => t("People", "人"),
  render(panel) {
    const { world, t } = panel;
    return html`${head(
      t("People", "人"),
      t(
        "Everybody with a phone. Openids follow from a seed: they are the same on every run.",
        "每个拿着手机的人。openid 由种子得出，每次运行都一样。",
      ),
      html`<a class="button main" href="#new">${t("New person", "新建")}</a>`,
    )}
${thisBrowser(panel)}
<ul class="cards">${world.people.list().map((person) => html`<li class="card" id="person-${person.id}">${personCard(panel, person)}</li>`)}</ul>
<p class="soft">${t("Scripts may also be", "脚本还可以是")} <code>crowd-0</code>${t(", ", "、")}<code>crowd-1</code> … ${t("as many as they want.", "要多少有多少。")}</p>
${newPerson(panel)}`;
  },
};

/** Whether this browser passes for WeChat's, and who holds it: cookies of this browser alone. */
function thisBrowser({ world, browser, t }: Panel): Html {
  const person = world.people.find(browser.personId ?? "");
  const pretends = browser.pretendsWeChat;
  return html`<section class="card strip" aria-labelledby="this-browser"><div><h2 id="this-browser">${t("This browser", "此浏览器")}</h2>
<p>${
    person
      ? html`${t("is", "现在是")} <strong><bdi>${person.nickname === "" ? person.id : person.nickname}</bdi></strong>`
      : t(
          "is nobody yet: press “Be this person” below, or choose on the first page that asks.",
          "还没有选人：点下面的「成为此人」，或在首次询问时选择。",
        )
  }${pretends && html` ${tag(t("passes for WeChat", "当作微信"), "good")}`}</p></div>
${form(
  { action: "wechat", back: PAGE },
  html`<input type="hidden" name="pretend" value="${pretends ? "0" : "1"}"><button>${
    pretends ? t("Stop passing for WeChat", "不再当作微信") : t("Pass for WeChat", "当作微信")
  }</button>`,
)}</section>`;
}

function newPerson({ t }: Panel): Html {
  const check = (name: string, words: string, checked: boolean) =>
    html`<label class="check"><input type="checkbox" name="${name}" value="1"${checked && html` checked`}><span>${words}</span></label>`;
  return html`<section class="card" id="new" aria-labelledby="new-person"><h2 id="new-person">${t("New person", "新建一个人")}</h2>${form(
    { action: "people/create", back: PAGE },
    html`<div class="row"><label class="field grow"><span>${t("Nickname", "昵称")}</span><input name="nickname" maxlength="200" autocomplete="off"></label>
<label class="field"><span>${t("Id, for scripts", "id（供脚本使用）")}</span><input name="id" pattern="[a-z0-9][a-z0-9\\-]{0,39}" placeholder="${t("made up if empty", "留空则自动生成")}" autocomplete="off"></label></div>
<div class="row"><label class="field grow"><span>${t("Avatar URL, empty for none", "头像地址，留空表示没有")}</span><input name="headimgurl" type="url" value="https://thirdwx.qlogo.cn/mmopen/vi_32/simulated/132" autocomplete="off"></label></div>
<div class="row checks">${check("unionid", t("has a unionid", "有 unionid"), true)}${check("follows", t("follows the accounts", "已关注公众号"), true)}${check("snapshot", t("snapshot visitor", "快照页访客"), false)}</div>
<button class="main">${t("Create", "创建")}</button>`,
  )}</section>`;
}
