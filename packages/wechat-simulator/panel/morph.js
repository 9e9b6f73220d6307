// Updates a part of the page to the server's current version and keeps the user's state: open details, focus, selection
// and half-filled forms.

/**
 * @param {Element} current the element on the page
 * @param {Element} next the same element from the server
 * @returns {Element[]} the added elements
 */
export function morph(current, next) {
  /** @type {Element[]} */
  const added = [];
  morphElement(current, next, added);
  return added;
}

/** @param {Element} current @param {Element} next @param {Element[]} added */
function morphElement(current, next, added) {
  if (isInUse(current)) return;
  syncAttributes(current, next);
  if (current instanceof HTMLInputElement) syncInput(current, next);
  morphChildren(current, next, added);
}

/** @param {Element} current @param {Element} next @param {Element[]} added */
function morphChildren(current, next, added) {
  const wanted = new Set([...next.children].map(idOf));
  // First, so that remaining elements do not move: a moved element loses its focus.
  for (const child of [...current.children]) {
    if (idOf(child) !== "" && !wanted.has(idOf(child))) child.remove();
  }
  const known = new Map(
    [...current.children].filter((child) => idOf(child) !== "").map((child) => [idOf(child), child]),
  );

  let cursor = current.firstChild;
  for (const node of [...next.childNodes]) {
    const id = node instanceof Element ? idOf(node) : "";
    const match = id === "" ? (isSameKind(cursor, node) ? cursor : null) : (known.get(id) ?? null);
    if (match === null) {
      const made = document.importNode(node, true);
      current.insertBefore(made, cursor);
      if (made instanceof Element) added.push(made);
      continue;
    }
    if (match === cursor) cursor = cursor.nextSibling;
    else current.insertBefore(match, cursor);
    if (match instanceof Element && node instanceof Element) morphElement(match, node, added);
    else if (match.nodeValue !== node.nodeValue) match.nodeValue = node.nodeValue;
  }
  while (cursor !== null) {
    const after = cursor.nextSibling;
    cursor.remove();
    cursor = after;
  }
}

/** @param {ChildNode | null} current @param {Node} node */
function isSameKind(current, node) {
  if (current === null || current.nodeName !== node.nodeName) return false;
  return !(current instanceof Element) || idOf(current) === "";
}

/** `form.id` would be the form's field of that name. @param {Element} element */
function idOf(element) {
  return element.getAttribute("id") ?? "";
}

/** @param {Element} element */
function isInUse(element) {
  if (element.hasAttribute("data-keep")) return true;
  if (!(element instanceof HTMLFormElement)) return false;
  const isTyping =
    element.contains(document.activeElement) && document.activeElement?.matches("input, select, textarea");
  return element.hasAttribute("data-dirty") || isTyping === true;
}

/** @param {Element} current @param {Element} next */
function syncAttributes(current, next) {
  const isDetails = current instanceof HTMLDetailsElement;
  for (const { name, value } of next.attributes) {
    if (current.getAttribute(name) !== value && !(isDetails && name === "open"))
      current.setAttribute(name, value);
  }
  for (const { name } of [...current.attributes]) {
    const isScripts = name === "class" || (isDetails && name === "open");
    if (!next.hasAttribute(name) && !isScripts) current.removeAttribute(name);
  }
}

/** An edited field ignores its attributes, so the property is set. @param {HTMLInputElement} current @param {Element} next */
function syncInput(current, next) {
  if (current.type === "radio" || current.type === "checkbox") current.checked = next.hasAttribute("checked");
  else current.value = next.getAttribute("value") ?? "";
}
