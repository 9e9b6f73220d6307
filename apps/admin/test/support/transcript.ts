/**
 * What a page says, line by line, as a person gets it: headings, rows with their cells, facts, controls with their
 * values, where links lead, and the color and icon of a state. Tests compare all of it at once, so that a column
 * left out, two swapped values or a wrong color cannot hide.
 *
 * `(error)` is a color, `‹check›` an icon, `[Next]` a button, `[Status=Any status](…)` a choice with its options,
 * `View⇒/admin/people` a link (`↗` in another tab), `oAli…{oAlice}` a text with its title, `⟨People⟩` the name that a screen
 * reader says of what follows, `→` a cell that is aligned to the right.
 */
export function transcript(element: Element): string[] {
  const read = visit(element);
  return typeof read === "string" ? [tidy(read)] : read;
}

/** An inline element is a piece of a line, a block is lines of its own. */
function visit(element: Element): string | string[] {
  const attribute = (name: string) => element.getAttribute(name);
  const tag = element.tagName.toLowerCase();
  const inline = () => linesOf(element).join(" ");
  switch (tag) {
    case "style":
    case "script":
      return "";
    case "svg": {
      const name = /tabler-icon-([a-z0-9-]+)/.exec(attribute("class") ?? "")?.[1];
      return name ? `‹${name}› ` : labelOf(element);
    }
    case "h1":
    case "h2":
    case "h3":
      return [tidy(`${"#".repeat(Number(tag[1]))} ${inline()}`)];
    case "tr":
      return [[...element.children].map(cell).join(" | ")];
    case "li":
      return [tidy(`- ${marks(element)}${inline()}`)];
    case "input":
    case "textarea":
      return field(element as HTMLInputElement | HTMLTextAreaElement);
    case "select": {
      const { options, selectedIndex } = element as HTMLSelectElement;
      const texts = [...options].map(({ text }) => text);
      return [`[${nameOf(element)}=${texts[selectedIndex]}](${texts.join(", ")})`];
    }
    case "button":
      return ` [${button(element as HTMLButtonElement, tidy(inline()))}] `;
    case "a": {
      const current = attribute("aria-current");
      const tab = attribute("target") === "_blank" ? "↗" : "";
      return ` ${marks(element)}${tidy(inline())}⇒${attribute("href")}${tab}${current ? `(${current})` : ""}${titleOf(element)} `;
    }
    case "img":
      return `(picture ${attribute("src")}) `;
    case "code":
      return `«${inline()}»`;
  }
  if (attribute("role") === "progressbar") {
    return [`[${attribute("aria-label")}=${attribute("aria-valuenow")} ${attribute("style") ?? ""}]`];
  }
  const name = [...element.children].find((child) => child.tagName === "DT");
  if (name) {
    const values = [...element.children].filter((child) => child.tagName === "DD");
    return [`${tidy(name.textContent)}: ${values.map((value) => transcript(value).join(" / ")).join(" / ")}`];
  }
  const lines = linesOf(element);
  if (["span", "bdi", "time", "strong", "b", "i", "em"].includes(tag)) {
    return `${marks(element)}${lines.join(" ")}${titleOf(element)}`;
  }
  const label = labelOf(element);
  if (label !== "" && lines.length > 0) lines.unshift(label);
  const [first, ...others] = lines;
  return first === undefined ? [] : [`${marks(element)}${first}${titleOf(element)}`, ...others];
}

function labelOf(element: Element): string {
  const label = element.getAttribute("aria-label");
  return label === null ? "" : `⟨${label}⟩`;
}

function titleOf(element: Element): string {
  const title = element.getAttribute("title");
  return title === null ? "" : `{${title}}`;
}

function linesOf(element: Element): string[] {
  const lines: string[] = [];
  let open = "";
  const close = () => {
    const line = tidy(open);
    if (line !== "") lines.push(line);
    open = "";
  };
  for (const child of element.childNodes) {
    const read = child.nodeType === 1 ? visit(child as Element) : (child.textContent ?? "");
    if (typeof read === "string") open += read;
    else {
      close();
      lines.push(...read);
    }
  }
  close();
  return lines;
}

function cell(element: Element): string {
  return linesOf(element).join(" ") + (element.getAttribute("data-align") ? " →" : "");
}

/** The color of a state, and what else a style sheet shows of an element. */
function marks(element: Element): string {
  const attribute = (name: string) => element.getAttribute(name);
  let text = "";
  if (attribute("data-tone")) text += `(${attribute("data-tone")}) `;
  if (attribute("data-state")) text += `(${attribute("data-state")}) `;
  if (attribute("data-current") && !attribute("aria-current")) text += "(current) ";
  if (attribute("data-failed")) text += "(failed) ";
  if (attribute("data-stale")) text += "(stale) ";
  if (attribute("role") === "alert") text += "alert: ";
  return text;
}

function button(element: HTMLButtonElement, content: string): string {
  const label = element.getAttribute("aria-label");
  const text = label === null || label === content ? content : `${label}${content ? `: ${content}` : ""}`;
  const [lang, pressed, title] = ["lang", "aria-pressed", "title"].map((name) => element.getAttribute(name));
  const states = [
    lang,
    pressed === "true" && "pressed",
    element.hasAttribute("data-loading") ? "loading" : element.disabled && "disabled",
  ];
  const said = [text, ...states].filter(Boolean).join(", ");
  return title && title !== label ? `${said}{${title}}` : said;
}

/** A field with its value, its placeholder, and what may be typed into it. */
function field(element: HTMLInputElement | HTMLTextAreaElement): string {
  const { type, maxLength } = element;
  const rules = [
    element.getAttribute("placeholder") ?? "",
    ["text", "textarea"].includes(type) ? "" : type,
    "checked" in element && element.checked ? "checked" : "",
    element.disabled ? "disabled" : "",
    element.hasAttribute("maxlength") ? `≤ ${maxLength}` : "",
    element.getAttribute("autocomplete") ?? "",
    titleOf(element),
  ];
  return ` [${nameOf(element)}=${element.value}](${rules.filter((rule) => rule !== "").join("; ")}) `;
}

function nameOf(input: Element): string {
  const label = input.id ? document.querySelector(`label[for="${input.id}"]`) : null;
  return input.getAttribute("aria-label") ?? label?.textContent ?? input.getAttribute("name") ?? "";
}

function tidy(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
