import { countExpired } from "../control/issued-credentials.js";
import { type Html, html } from "../pages/html.js";
import type { Text } from "../protocol/text.js";
import type { Panel } from "./panel.js";
import { span } from "./time.js";

/** What can have been done. */
export type Flash =
  | "person"
  | "wechat"
  | "no_wechat"
  | "planned"
  | "cancelled"
  | "switched"
  | "created"
  | "saved"
  | "verified"
  | "deleted"
  | "followed"
  | "unfollowed"
  | "revoked"
  | "password"
  | "js_code"
  | "ended"
  | "gone"
  | "cleared"
  | "reset";

/** What a form says when it is done. The redirect carries the key alone, so that nobody can put words into a page. */
const FLASHES: Readonly<Record<Flash, Text>> = {
  person: { en: "This browser is that person now.", zh: "此浏览器现在扮演此人。" },
  wechat: { en: "This browser passes for WeChat's now.", zh: "已开始模拟微信内置浏览器。" },
  no_wechat: {
    en: "Stopped: this browser is judged by its user agent again.",
    zh: "已停止模拟：此浏览器重新按 User-Agent 判断。",
  },
  planned: { en: "Planned. The next matching call gets it.", zh: "已设置，下一次符合条件的调用会触发。" },
  cancelled: { en: "Cancelled.", zh: "已取消。" },
  switched: { en: "Switched.", zh: "已切换。" },
  created: { en: "Created. This person can sign in now.", zh: "已创建，此人现在可以登录。" },
  saved: { en: "Saved.", zh: "已保存。" },
  verified: { en: "The file is there: the domain is added.", zh: "已找到校验文件，域名已添加。" },
  deleted: {
    en: "Deleted. Codes and web tokens of this person yield nobody any more.",
    zh: "已注销：此人的 code 和网页授权令牌不再有效。",
  },
  followed: { en: "Follows now.", zh: "已关注。" },
  unfollowed: { en: "Does not follow any more.", zh: "已取消关注。" },
  revoked: {
    en: "Revoked: the app's tokens for this person have ended.",
    zh: "已撤销：此人给该应用的令牌已失效。",
  },
  password: {
    en: "Password changed: all web tokens of this person have ended.",
    zh: "密码已改：此人的网页授权令牌全部失效。",
  },
  js_code: { en: "A js_code was made; it is in the list.", zh: "js_code 已生成，见列表。" },
  ended: { en: "Ended.", zh: "已使其失效。" },
  gone: { en: "That had ended before.", zh: "它此前已经失效。" },
  cleared: { en: "Cleared.", zh: "已清空。" },
  reset: { en: "All is as if just started.", zh: "已恢复到刚启动时的状态。" },
};

/** Says what was done, when the address says so: `?done=saved`, or `?moved=300` after the clock was moved. */
export function flashOf(panel: Panel): Html | undefined {
  const { t, query, store } = panel;
  const moved = Number(query.moved);
  if (query.moved !== undefined && moved > 0) {
    const { codes, tokens } = countExpired(store, store.clock.now() - moved * 1000);
    const words = t(
      `Moved ahead by ${span(t, moved * 1000)}. On the way ${plural(codes, "code")} and ${plural(tokens, "token")} expired.`,
      `前进了 ${span(t, moved * 1000)}：其间有 ${codes} 个 code、${tokens} 个令牌过期。`,
    );
    return html`<p class="flash">${words}</p>`;
  }
  if (query.done === undefined || !Object.hasOwn(FLASHES, query.done)) return undefined;
  const { en, zh } = FLASHES[query.done as Flash];
  return html`<p class="flash">${t(en, zh)}</p>`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
