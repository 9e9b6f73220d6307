import {
  type CredentialKind,
  type CredentialState,
  type IssuedCredential,
  listCredentials,
} from "../control/issued-credentials.js";
import { type Html, html } from "../pages/html.js";
import { JS_CODE_SCOPE } from "../stores/codes.js";
import { copyable, empty, form, head, hidden, middleCut, type Tone, tag } from "./components.js";
import { credentialName } from "./credential-name.js";
import type { Panel, PanelPage, Translate } from "./panel.js";
import { countdown } from "./time.js";

const PAGE = "/tokens";
/** Under load there can be a hundred thousand; the newest are enough. */
const SHOWN = 50;

/** `/tokens`: codes, tokens and tickets with their remaining time. */
export const tokensPage: PanelPage = {
  path: PAGE,
  title: (t) => t("Codes & tokens", "code 与令牌"),
  render(panel) {
    const { t } = panel;
    const credentials = listCredentials(panel.store);
    const of = (...kinds: CredentialKind[]) => credentials.filter(({ kind }) => kinds.includes(kind));
    return html`${head(
      t("Codes & tokens", "code 与令牌"),
      t(
        "Codes, tokens and tickets the simulator has issued, with the time left by its own clock.",
        "模拟器签发的 code、令牌和 ticket，以及按模拟器时间计算的剩余有效期。",
      ),
    )}
${section(panel, "codes", t("Codes", "code"), t("A code appears here when a person allows an app.", "用户同意授权后，code 会出现在这里。"), of("code"))}
${section(panel, "web", t("Web tokens (per person and app)", "网页授权令牌（按用户和应用）"), t("They appear here when an app exchanges a code.", "应用用 code 换取令牌后，会出现在这里。"), of("access_token", "refresh_token"))}
${section(panel, "account", t("Global tokens and tickets (per account)", "全局令牌与 ticket（按账号）"), t("They appear here when an app calls token, stable_token or getticket.", "应用调用 token、stable_token 或 getticket 后，会出现在这里。"), of("global_token", "ticket"))}`;
  },
};

/** @param hint how to get the first one */
function section(
  panel: Panel,
  id: string,
  title: string,
  hint: string,
  credentials: IssuedCredential[],
): Html {
  const { t } = panel;
  const alive = credentials.filter(({ state }) => state === "alive").length;
  const shown = credentials.slice(0, SHOWN);
  return html`<section class="card" aria-labelledby="${id}"><div class="section-head"><h2 id="${id}">${title}</h2><span class="soft">${t(`${alive} valid`, `${alive} 个有效`)}</span></div>
${shown.length === 0 ? empty(t("None yet.", "暂无。"), html`<p>${hint}</p>`) : html`<ul class="credentials">${shown.map((credential) => row(panel, credential))}</ul>`}
${credentials.length > SHOWN && html`<p class="soft">${t(`The newest ${SHOWN} of ${credentials.length}.`, `共 ${credentials.length} 个，显示最新的 ${SHOWN} 个。`)}</p>`}</section>`;
}

function row({ store, t }: Panel, credential: IssuedCredential): Html {
  const person = credential.personId === undefined ? undefined : store.people.find(credential.personId);
  const app = store.apps.find(credential.appId);
  const short = middleCut(credential.value);
  const name = credentialName(t, credential);
  return html`<li id="credential-${credential.value.slice(-16)}" class="credential ${credential.state}"><span class="credential-what"><strong>${name}</strong> ${copyable(t, credential.value, name, short)}</span>
<span class="credential-who">${person && html`<bdi class="name">${person.nickname === "" ? person.id : person.nickname}</bdi> · `}${app?.name ?? credential.appId} <span class="soft">${purposeLabel(t, credential)}</span></span>
<span class="credential-left">${
    credential.state === "alive"
      ? html`${countdown(t, credential.endsAtMs, store.clock.now())}${form(
          { action: "tokens/end", back: PAGE, className: "inline" },
          hidden("token", credential.value),
          html`<button class="small" aria-label="${t("End", "使其失效")}: ${name} ${short}">${t("End", "使其失效")}</button>`,
        )}`
      : tag(...stateLabel(t, credential.state))
  }</span></li>`;
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
      return [t("revoked by the person", "已被用户撤销"), "bad"];
    case "password_changed":
      return [t("ended by a password change", "因修改密码失效"), "bad"];
    case "superseded":
      return [t("ended by a new authorization", "因再次授权失效"), "bad"];
    case "account_deleted":
      return [t("account deleted", "账号已注销"), "bad"];
    case "replaced":
      return [t("replaced", "已被替换"), "bad"];
  }
}
