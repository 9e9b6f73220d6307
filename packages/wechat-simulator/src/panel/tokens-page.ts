import {
  type CredentialKind,
  type CredentialState,
  type IssuedCredential,
  listCredentials,
} from "../control/issued-credentials.js";
import { type Html, html } from "../pages/html.js";
import { JS_CODE_SCOPE } from "../stores/codes.js";
import { copyable, empty, form, head, hidden, middleCut, type Tone, tag } from "./components.js";
import type { Panel, PanelPage, Translate } from "./panel.js";
import { countdown } from "./time.js";

const PAGE = "/tokens";
/** Under load there are a hundred thousand; nobody reads beyond the newest. */
const SHOWN = 50;

/** `/tokens`: codes and tokens with what is left of their lives. */
export const tokensPage: PanelPage = {
  path: PAGE,
  title: (t) => t("Codes & tokens", "code 与令牌"),
  render(panel) {
    const { t } = panel;
    const lives = listCredentials(panel.store);
    const of = (...kinds: CredentialKind[]) => lives.filter(({ kind }) => kinds.includes(kind));
    return html`${head(
      t("Codes & tokens", "code 与令牌"),
      t(
        "What this WeChat has given out, and what is left of each by its own clock.",
        "模拟器发出的 code、令牌和 ticket，以及按模拟器时间计算的剩余有效期。",
      ),
    )}
${section(panel, "codes", t("Codes", "code"), t("One appears when somebody allows an app.", "用户同意授权后，会出现在这里。"), of("code"))}
${section(panel, "web", t("Web tokens, each of one person in one app", "网页授权令牌（按用户和应用）"), t("They come when an app exchanges a code.", "应用以 code 换取令牌后，会出现在这里。"), of("access_token", "refresh_token"))}
${section(panel, "account", t("Global tokens and tickets, each of an account", "全局令牌与 ticket（按账号）"), t("They come from token, stable_token and getticket.", "由 token、stable_token 和 getticket 发出后，会出现在这里。"), of("global_token", "ticket"))}`;
  },
};

/** @param comesFrom what to do to get the first one */
function section(
  panel: Panel,
  id: string,
  title: string,
  comesFrom: string,
  lives: IssuedCredential[],
): Html {
  const { t } = panel;
  const alive = lives.filter(({ state }) => state === "alive").length;
  const shown = lives.slice(0, SHOWN);
  return html`<section class="card" aria-labelledby="${id}"><div class="section-head"><h2 id="${id}">${title}</h2><span class="soft">${t(`${alive} alive`, `${alive} 个有效`)}</span></div>
${shown.length === 0 ? empty(t("None yet.", "暂无。"), html`<p>${comesFrom}</p>`) : html`<ul class="lives">${shown.map((life) => row(panel, life))}</ul>`}
${lives.length > SHOWN && html`<p class="soft">${t(`The newest ${SHOWN} of ${lives.length}.`, `共 ${lives.length} 个，显示最新的 ${SHOWN} 个。`)}</p>`}</section>`;
}

function row({ store, t }: Panel, life: IssuedCredential): Html {
  const person = life.personId === undefined ? undefined : store.people.find(life.personId);
  const app = store.apps.find(life.appId);
  const short = middleCut(life.value);
  const name = kindName(t, life);
  return html`<li id="life-${life.value.slice(-16)}" class="life ${life.state}"><span class="life-what"><strong>${name}</strong> ${copyable(t, life.value, name, short)}</span>
<span class="life-who">${person && html`<bdi class="name">${person.nickname === "" ? person.id : person.nickname}</bdi> · `}${app?.name ?? life.appId} <span class="soft">${purposeLabel(t, life)}</span></span>
<span class="life-left">${
    life.state === "alive"
      ? html`${countdown(t, life.endsAtMs, store.clock.now())}${form(
          { action: "tokens/end", back: PAGE, className: "inline" },
          hidden("token", life.value),
          html`<button class="small" aria-label="${t("End it", "使其失效")}: ${name} ${short}">${t("End it", "使其失效")}</button>`,
        )}`
      : tag(...stateLabel(t, life.state))
  }</span></li>`;
}

function kindName(t: Translate, { kind, purpose }: IssuedCredential): string {
  switch (kind) {
    case "code":
      return purpose === JS_CODE_SCOPE ? "js_code" : "code";
    case "global_token":
      return t("global access_token", "全局 access_token");
    case "ticket":
      return "ticket";
    case "access_token":
    case "refresh_token":
      return kind;
  }
}

function purposeLabel(t: Translate, { kind, purpose, snapshot }: IssuedCredential): string {
  if (kind === "global_token")
    return purpose === "earlier" ? t("replaced by a newer one", "已有更新的") : purpose;
  const words = purpose === JS_CODE_SCOPE ? "jscode2session" : purpose;
  return snapshot ? `${words} · ${t("snapshot", "快照页")}` : words;
}

function stateLabel(t: Translate, state: Exclude<CredentialState, "alive">): [string, Tone] {
  switch (state) {
    case "spent":
      return [t("spent", "已使用"), "calm"];
    case "expired":
      return [t("expired", "已过期"), "warn"];
    case "revoked":
      return [t("revoked by the person", "已被本人撤销"), "bad"];
    case "password_changed":
      return [t("ended by a new password", "因修改密码失效"), "bad"];
    case "superseded":
      return [t("ended by a new authorization", "因再次授权失效"), "bad"];
    case "account_deleted":
      return [t("the account is gone", "账号已注销"), "bad"];
    case "replaced":
      return [t("replaced", "已被替换"), "bad"];
  }
}
