import { type Html, html } from "../pages/html.js";
import { DEFAULT_SETTINGS } from "../stores/settings.js";
import { form, head, hidden, segments, tag } from "./components.js";
import type { Panel, PanelPage, Translate } from "./panel.js";
import type { Knowledge, Switch } from "./switch.js";
import { SWITCH_GROUPS } from "./switches.js";

const PAGE = "/switches";

/** `/switches`: the points on which WeChat's behavior varies or is not known. */
export const switchesPage: PanelPage = {
  path: PAGE,
  title: (t) => t("Switches", "开关"),
  render(panel) {
    const { t } = panel;
    return html`${head(
      t("Switches", "开关"),
      t(
        "Where WeChat's behaviour varies between phones or is not known, you can choose.",
        "微信的行为因手机而异或尚无定论时，可在此选择采用哪一种。",
      ),
    )}
${SWITCH_GROUPS.map(
  (
    { title, switches },
    index,
  ) => html`<section class="card" aria-labelledby="group-${index}"><h2 id="group-${index}">${t(title.en, title.zh)}</h2>
<ul class="switches">${switches.map((item) => html`<li id="switch-${item.name}">${switchRow(panel, item)}</li>`)}</ul></section>`,
)}`;
  },
};

function switchRow({ store, t, language }: Panel, { name, title, about, knowledge, choices }: Switch): Html {
  const value = String(store.settings[name]);
  const isChanged = store.settings[name] !== DEFAULT_SETTINGS[name];
  const control =
    choices === undefined
      ? html`<label class="field"><span class="unseen">${title[language]}</span><input name="value" type="number" min="0" step="any" value="${value}" required></label>`
      : segments(
          title[language],
          "value",
          choices.map(([choice, words]) => ({ value: choice, text: words[language] })),
          value,
        );
  return html`<div class="switch-words"><h3>${title[language]} ${isChanged && tag(t("changed", "已更改"), "warn")}</h3><p>${about[language]}</p>
<p class="soft"><code>${name}</code> · ${knowledgeLabel(t, knowledge)}</p></div>
${form(
  { action: "settings", back: PAGE, className: "switch" },
  hidden("name", name),
  control,
  html`<button class="small no-script" aria-label="${t("Set", "设置")}: ${title[language]}">${t("Set", "设置")}</button>`,
)}`;
}

function knowledgeLabel(t: Translate, knowledge: Knowledge): Html {
  switch (knowledge) {
    case "documented":
      return html`<span class="known">${t("Documented by WeChat", "微信文档有说明")}</span>`;
    case "reported":
      return html`<span class="known">${t("Reported by developers", "有开发者反馈")}</span>`;
    case "unknown":
      return html`<span class="known not">${t("Not known: do not depend on it", "尚无定论：请勿依赖")}</span>`;
  }
}
