import { type IconName, icon } from "../../src/pages/icons.js";

const iconNames: readonly IconName[] = [
  "bubble",
  "door",
  "person",
  "rings",
  "shield",
  "phone",
  "desktop",
  "briefcase",
  "blocks",
  "back",
  "clock",
  "check",
  "frame",
  "windows",
  "link",
  "cloud",
  "wrench",
  "lock",
  "search",
  "plus",
  "alert",
];

const markers: { readonly [tag: string]: string } = { h1: "# ", h2: "## ", li: "- ", noscript: "noscript: " };
const pieces =
  "svg, img, a, button, h1, h2, p, strong, code, figcaption, time, [data-label], .label, .site bdi, [data-fallback]";

/**
 * What a person sees and can press, in the order of the page, one line each: text, `[a link](its address)`, `(a button)`,
 * `<an icon, the class around it>`. What the script reads follows in braces.
 */
export function outlineOf(element: Element): string[] {
  const [own, isWhole] = lineOf(element);
  const inner = isWhole ? [] : [...element.childNodes].flatMap(linesOfChild);
  return own === undefined ? inner : [own, ...inner];
}

function linesOfChild(node: ChildNode): string[] {
  if (node.nodeType === 1) return outlineOf(node as Element);
  const text = node.nodeType === 3 ? textOf(node) : "";
  return text === "" ? [] : [text];
}

const textOf = (node: Node) => (node.textContent ?? "").replace(/\s+/g, " ").trim();

/** @returns the line of this element, and whether that shows all that is in it. */
function lineOf(element: Element): [string | undefined, boolean] {
  const tag = element.localName;
  if (tag === "svg") return [`<${nameOf(element)}>`, true];
  if (tag === "img") {
    const size = dataOf(element, /^(width|height|referrerpolicy)$/);
    return [`![${element.getAttribute("alt")}](${element.getAttribute("src")})${size}`, true];
  }
  const text = textOf(element);
  if (tag === "a") return [`[${text}](${element.getAttribute("href")})${dataOf(element)}`, true];
  if (tag === "button") return [`(${text})${dataOf(element)}`, true];
  if (element.matches(pieces) && !element.querySelector(pieces)) {
    return [`${markers[tag] ?? ""}${text}${dataOf(element)}`.trim(), true];
  }
  const data = dataOf(element, /^(data-|hidden$|role$|aria-|method$|action$)/);
  return [data === "" ? undefined : data.trim(), false];
}

const names = new Map<string, IconName>();

function nameOf(svg: Element): string {
  for (const name of names.size > 0 ? [] : iconNames) {
    // Parsed and written again, as the page's own drawing was.
    const holder = svg.ownerDocument.createElement("div");
    holder.innerHTML = icon(name).source;
    names.set(holder.innerHTML, name);
  }
  const around = svg.parentElement?.className ?? "";
  return [names.get(svg.outerHTML) ?? svg.outerHTML, around].filter(Boolean).join(", ");
}

/** The attributes that change what an element does or how it is announced. */
function dataOf(
  element: Element,
  kept = /^(data-|hidden$|role$|aria-|class$|id$|dir$|lang$|tabindex$|datetime$|title$|download$)/,
): string {
  const told = [...element.attributes]
    .filter(({ name }) => kept.test(name))
    .map(({ name, value }) => (value === "" ? name : `${name}=${value}`));
  return told.length > 0 ? ` {${told.join(", ")}}` : "";
}
