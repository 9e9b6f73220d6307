import { listCredentials } from "../control/issued-credentials.js";
import { type Html, html } from "../pages/html.js";
import { initialAvatar } from "../pages/person-view.js";
import type { Person } from "../stores/person.js";
import { empty, form, head, hidden } from "./components.js";
import { type Panel, PEOPLE_PATH } from "./panel.js";

/** `/people/delete?person=<id>`: asks before somebody is deleted. A page and not a dialog, so that no script is needed. */
export function deletePersonPage(panel: Panel): { title: string; body: Html } {
  const { store, query, t } = panel;
  const title = t("Delete a person", "注销账号");
  const person = store.people.find(query.person ?? "");
  const about = t("As when somebody deletes their WeChat account.", "相当于此人注销了自己的微信账号。");
  return { title, body: html`${head(title, about)}${person ? question(panel, person) : nobody(panel)}` };
}

function question({ store, t }: Panel, person: Person): Html {
  const lives = listCredentials(store).filter(
    ({ personId, state }) => personId === person.id && state === "alive",
  );
  const codes = lives.filter(({ kind }) => kind === "code").length;
  const tokens = lives.length - codes;
  return html`<section class="card" aria-labelledby="who"><div class="person-head">${initialAvatar(person)}<div class="grow"><h2 id="who"><bdi class="nickname">${person.nickname === "" ? t("(no nickname)", "（无昵称）") : person.nickname}</bdi></h2>
<p class="soft"><code>${person.id}</code></p></div></div>
<ul><li>${t(`Alive now: codes ${codes}, web tokens ${tokens}. Once the account is gone they answer 50002, a refresh 40030.`, `目前有效：code ${codes} 个，网页授权令牌 ${tokens} 个。注销后它们返回 50002，刷新返回 40030。`)}</li>
<li>${t("No page offers this person any more, and the id is not given again: a new account has another openid.", "各页面不再列出此人，此 id 也不再使用：新账号的 openid 不同。")}</li>
<li>${t("Only a reset brings anybody back, and only those who were there from the start.", "只有重置才能恢复，而且仅限最初就有的用户。")}</li></ul>
<div class="row">${form(
    { action: "people/delete", back: PEOPLE_PATH },
    hidden("person", person.id),
    html`<button class="danger">${t("Delete this person", "注销此人")}</button>`,
  )}<a class="button" href="${PEOPLE_PATH}#person-${person.id}">${t("Keep", "保留")}</a></div></section>`;
}

function nobody({ t }: Panel): Html {
  return empty(
    t("Nobody has this id.", "没有用户使用此 id。"),
    html`<p><a class="button" href="${PEOPLE_PATH}">${t("All people", "所有用户")}</a></p>`,
  );
}
