import { isSignedOut } from "./client.js";
import { button, element } from "./element.js";
import type { AccountTexts } from "./texts.js";

type PanelOptions<Item> = {
  readonly section: HTMLElement;
  readonly texts: AccountTexts;
  readonly empty: string;
  readonly load: () => Promise<{ readonly items: readonly Item[] }>;
  readonly row: (item: Item) => HTMLElement;
};

/** Loads a list into its section and shows the rows, an empty state, or an error with a retry button. */
export async function showPanel<Item>(options: PanelOptions<Item>): Promise<void> {
  const { section, texts, empty, load, row } = options;
  section.hidden = false;
  const group = section.querySelector<HTMLElement>(".group") ?? section;
  group.replaceChildren(element("p", { class: "loading", role: "status" }, texts.loading));
  try {
    const { items } = await load();
    group.replaceChildren(
      items.length > 0 ? element("ul", {}, ...items.map(row)) : element("p", { class: "empty" }, empty),
    );
  } catch (error) {
    group.replaceChildren(failure(error, texts, () => void showPanel(options)));
  }
}

// A link and not a redirect: if the server still took this browser for signed in, the two pages would loop.
function failure(error: unknown, texts: AccountTexts, retry: () => void): HTMLElement {
  const [message, action] = isSignedOut(error)
    ? [texts.signedOut, element("a", { class: "quiet", href: "/login/account" }, texts.signInAgain)]
    : [texts.loadFailed, button(texts.retry, "quiet", retry)];
  return element("p", { class: "failed", role: "alert" }, message, action);
}
