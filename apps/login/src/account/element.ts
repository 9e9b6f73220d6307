type Attributes = { readonly [name: string]: string };

/** String children become text, never markup: nicknames and user agents are untrusted. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function button(
  label: string,
  className: string,
  onClick: (button: HTMLButtonElement) => void,
): HTMLButtonElement {
  const node = element("button", { type: "button", class: className }, label);
  node.addEventListener("click", () => onClick(node));
  return node;
}
