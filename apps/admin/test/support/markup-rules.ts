// What a screen reader, a keyboard or another site must not meet on any page and in any dialog.

export const all = (selector: string, part: ParentNode = document) => [
  ...part.querySelectorAll<HTMLElement>(selector),
];
export const textOf = (element: Element) => (element.textContent ?? "").trim();
export const nameOf = (element: Element) => element.getAttribute("aria-label") || textOf(element);
const isNamed = (element: HTMLElement) =>
  nameOf(element) !== "" || (element.id !== "" && all(`label[for="${element.id}"]`).length > 0);
export const focusable = 'a[href], button, select, textarea, input:not([type="hidden"])';

const rules: Record<string, () => Element[]> = {
  "an icon that is read out": () => all('svg[class*="tabler-icon"]:not([aria-hidden="true"])'),
  "a picture without a text for those who do not see it": () => all("img:not([alt])"),
  "a picture that tells its server where it is shown": () =>
    all('img:not([src^="data:"]):not([referrerpolicy="no-referrer"])'),
  "another site that is told where the operator comes from": () =>
    all('a[href^="http"]:not([rel~="noreferrer"]), a[target="_blank"]:not([rel~="noreferrer"])'),
  "a head of a table that is not said to be one": () => all("th:not([scope])"),
  "a table or a menu without a name": () => all("table, nav").filter((one) => nameOf(one) === ""),
  "a control without a name": () =>
    all(focusable).filter((one) => !one.closest("[aria-hidden]") && !isNamed(one)),
  "an icon to press that does not say at the pointer what it does": () =>
    all("main .mantine-ActionIcon-root:not([title])").filter(
      (one) => !one.closest(".mantine-PasswordInput-root"),
    ),
  "a control that is hidden and takes the focus": () =>
    all("[aria-hidden]").flatMap((one) =>
      [one, ...all("*", one)].filter(
        (part) => part.matches(focusable) && part.getAttribute("tabindex") !== "-1",
      ),
    ),
  "a reference to nothing": () =>
    ["aria-labelledby", "aria-describedby", "for"].flatMap((attribute) =>
      all(`[${attribute}]`).filter((one) =>
        one
          .getAttribute(attribute)
          ?.split(" ")
          .some((id) => document.getElementById(id) === null),
      ),
    ),
  "an id of two elements": () => all("[id]").filter((one) => document.getElementById(one.id) !== one),
  "a time without its zone": () =>
    all("time").filter((time) => !`${time.title} ${textOf(time)}`.includes("GMT+8")),
  "a time that programs cannot read": () =>
    all("time").filter((time) => !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time.getAttribute("datetime") ?? "")),
  "a page without one first heading": () => (all("h1").length === 1 ? [] : [document.body]),
  "a form whose mistakes the browser tells in words of its own": () =>
    all("[role=dialog] form:not([novalidate])"),
  "a paragraph that is empty": () => all("main p:not([role])").filter((one) => one.childNodes.length === 0),
  "a list that is empty": () => all("ul, ol, dl").filter((one) => one.children.length === 0),
};

/** Each rule that the document breaks, with the element. */
export const objections = (): string[] =>
  Object.entries(rules).flatMap(([rule, broken]) =>
    broken().map((one) => `${rule}: ${one.outerHTML.slice(0, 200)}`),
  );
