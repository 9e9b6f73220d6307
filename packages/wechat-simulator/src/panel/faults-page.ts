import { PAGE_FAULT_KINDS } from "../faults/fault.js";
import type { NumberedFault } from "../faults/planned-faults.js";
import { type Html, html } from "../pages/html.js";
import { API_ENDPOINTS, API_PATHS, PAGE_ENDPOINTS, PAGE_PATHS } from "../protocol/endpoints.js";
import { listErrcodes } from "../protocol/errcodes.js";
import { listPageErrors } from "../protocol/page-errors.js";
import { empty, form, head, hidden, options, segments } from "./components.js";
import { describeFault, KIND_LABELS } from "./describe-fault.js";
import type { Panel, PanelPage } from "./panel.js";
import { PRESETS } from "./presets.js";

const PAGE = "/faults";

/** `/faults`: plans failures of the next calls. */
export const faultsPage: PanelPage = {
  path: PAGE,
  title: (t) => t("Faults", "故障"),
  render(panel) {
    const { t } = panel;
    return html`${head(t("Faults", "故障"), t("Make the next calls fail, and see how your client reacts.", "让接下来的调用失败，看看你的客户端如何应对。"))}
${planned(panel)}
<section aria-labelledby="presets"><h2 id="presets">${t("Common failures in one click", "常见故障，一键设置")}</h2>${presets(panel)}</section>
<section class="card" aria-labelledby="own"><h2 id="own">${t("Custom fault", "自定义故障")}</h2>${ownForm(panel)}</section>`;
  },
};

function planned({ store, t }: Panel): Html {
  const faults = store.faults.listNumbered();
  const amount = ({ remaining, share }: NumberedFault) =>
    remaining === undefined
      ? t(`${Math.round((share ?? 0) * 100)} % of calls`, `${Math.round((share ?? 0) * 100)} % 的调用`)
      : t(`next ${remaining}`, `接下来 ${remaining} 次`);
  const rows = faults.map(
    (
      fault,
    ) => html`<li id="fault-${fault.id}"><span class="grow"><code>${fault.endpoint}</code> <strong>${describeFault(t, fault)}</strong> <span class="soft">${amount(fault)}</span></span>
${form({ action: "faults/cancel", back: PAGE, className: "inline" }, hidden("id", fault.id), html`<button class="small" aria-label="${t("Cancel", "取消")}: ${fault.endpoint}, ${describeFault(t, fault)}">${t("Cancel", "取消")}</button>`)}</li>`,
  );
  return html`<section class="card${faults.length > 0 && " alert"}" aria-labelledby="planned"><div class="section-head"><h2 id="planned">${t("Planned", "已设置的故障")}</h2>${
    faults.length > 1 &&
    form(
      { action: "faults/clear", back: PAGE, className: "inline" },
      html`<button class="small">${t("Cancel all", "全部取消")}</button>`,
    )
  }</div>
${faults.length === 0 ? empty(t("No faults planned.", "未设置故障。"), html`<p>${t("All calls succeed. Choose a failure below; the next matching call is affected.", "所有调用都正常。在下方选择一种故障，下一次符合条件的调用就会触发。")}</p>`) : html`<ul class="plain-list">${rows}</ul>`}</section>`;
}

function presets({ t }: Panel): Html {
  return html`<ul class="presets">${PRESETS.map(
    ({ id, name, about }) =>
      html`<li>${form(
        { action: "faults/preset", back: PAGE, className: "preset-form" },
        hidden("preset", id),
        html`<button class="preset"><strong>${t(name.en, name.zh)}</strong><span class="preset-about">${t(about.en, about.zh)}</span></button>`,
      )}</li>`,
  )}</ul>`;
}

/** Fields for one kind have its name in their class; the stylesheet shows them only for that kind. */
function ownForm({ t, language }: Panel): Html {
  const kinds = Object.entries(KIND_LABELS).map(([value, words]) => ({ value, text: words[language] }));
  const withPath = (paths: Record<string, string>) => (name: string) => ({
    value: name,
    text: `${name} · ${paths[name]}`,
  });
  const names = [...listErrcodes(), ...listPageErrors()].map(
    ({ errcode, errmsg }) => html`<option value="${errcode}">${errmsg}</option>`,
  );
  return form(
    { action: "faults", back: PAGE, className: "own-fault" },
    html`<div class="row"><label class="field grow"><span>${t("Endpoint", "接口")}</span><select name="endpoint">
<optgroup label="API">${options(API_ENDPOINTS.map(withPath(API_PATHS)))}</optgroup>
<optgroup label="${t(`Pages: only ${PAGE_FAULT_KINDS.join(", ")}`, `页面：仅限 ${PAGE_FAULT_KINDS.join("、")}`)}">${options(PAGE_ENDPOINTS.map(withPath(PAGE_PATHS)))}</optgroup></select></label>
<label class="field grow"><span>${t("How it fails", "失败方式")}</span><select name="kind">${options(kinds)}</select></label></div>
<div class="row of-errcode"><label class="field grow"><span>errcode</span><input name="errcode" list="errcodes" inputmode="numeric" pattern="-?[0-9]+" placeholder="40163" autocomplete="off"></label>
<label class="field grow"><span>${t("errmsg (empty for the default)", "errmsg（留空则用默认值）")}</span><input name="errmsg" autocomplete="off"></label><datalist id="errcodes">${names}</datalist></div>
<div class="row of-ms"><label class="field"><span>${t("Milliseconds", "毫秒")}</span><input name="ms" type="number" min="0" max="600000" value="5000"></label></div>
<div class="of-body"><label class="field"><span>${t("Body; $SECRET and $CODE are replaced by the request's values", "内容；$SECRET 和 $CODE 会替换为请求中的值")}</span><textarea name="body" rows="3" spellcheck="false"></textarea></label>
<div class="row"><label class="field grow"><span>Content-Type</span><input name="contentType" placeholder="${t("the endpoint's own", "默认与该接口相同")}" autocomplete="off"></label>
<label class="field"><span>HTTP</span><input name="status" type="number" min="200" max="599" placeholder="200"></label></div></div>
<div class="row amount">${segments(
      t("How many calls", "多少次调用"),
      "unit",
      [
        { value: "times", text: t("the next calls", "接下来几次") },
        { value: "percent", text: t("a share in %", "按百分比") },
      ],
      "times",
    )}
<label class="field"><span>${t("How many, or how many %", "次数，或百分比")}</span><input name="amount" type="number" min="1" max="1000000" value="1" required></label>
<button class="main">${t("Plan it", "设置")}</button></div>`,
  );
}
