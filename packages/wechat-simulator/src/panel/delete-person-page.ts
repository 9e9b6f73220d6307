import { listCredentials } from "../control/issued-credentials.js";
import { type Html, html } from "../pages/html.js";
import { initialAvatar } from "../pages/person-view.js";
import type { Person } from "../stores/person.js";
import { empty, form, head, hidden } from "./components.js";
import { type Panel, PEOPLE_PATH } from "./panel.js";

/** `/people/delete?person=<id>`: asks for confirmation. A page instead of a dialog, so that it works without scripts. */
export function deletePersonPage(panel: Panel): { title: string; body: Html } {
  const { store, query, t } = panel;
  const title = t("Delete a person", "注销账号");
  const person = store.people.find(query.person ?? "");
  const about = t("Simulates that this person deletes the WeChat account.", "模拟该用户注销微信账号。");
  return { title, body: html`${head(title, about)}${person ? question(panel, person) : notFound(panel)}` };
}

function question({ store, t }: Panel, person: Person): Html {
  const credentials = listCredentials(store).filter(
    ({ personId, state }) => personId === person.id && state === "alive",
  );
  const codes = credentials.filter(({ kind }) => kind === "code").length;
  const tokens = credentials.length - codes;
  return html`<section class="card" aria-labelledby="who"><div class="person-head">${initialAvatar(person)}<div class="grow"><h2 id="who"><bdi class="nickname">${person.nickname === "" ? t("(no nickname)", "（无昵称）") : person.nickname}</bdi></h2>
<p class="soft"><code>${person.id}</code></p></div></div>
<ul><li>${t(`Valid now: codes: ${codes}, web tokens: ${tokens}. After the deletion they answer 50002, a refresh 40030.`, `目前有效：code ${codes} 个，网页授权令牌 ${tokens} 个。注销后它们返回 50002，刷新返回 40030。`)}</li>
<li>${t("This person disappears from all pages, and the id is not reused: a new account has another openid.", "各页面不再列出该用户，此 id 也不会再次使用：新账号会有不同的 openid。")}</li>
<li>${t("A reset restores the people from the start, not those you created.", "重置只能恢复初始用户，不能恢复你新建的用户。")}</li></ul>
<div class="row">${form(
    { action: "people/delete", back: PEOPLE_PATH },
    hidden("person", person.id),
    html`<button class="danger">${t("Delete this person", "注销该用户")}</button>`,
  )}<a class="button" href="${PEOPLE_PATH}#person-${person.id}">${t("Cancel", "取消")}</a></div></section>`;
}

function notFound({ t }: Panel): Html {
  return empty(
    t("No person has this id.", "没有用户使用此 id。"),
    html`<p><a class="button" href="${PEOPLE_PATH}">${t("All people", "所有用户")}</a></p>`,
  );
}
