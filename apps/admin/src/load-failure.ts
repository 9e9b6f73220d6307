import type { Language } from "./language/language.js";

// Not with the other texts: these stand in for them.
const texts = {
  en: {
    title: "The console could not be loaded",
    body: "A part of it did not arrive. Check the connection, then reload the page.",
    reload: "Reload",
  },
  zh: {
    title: "控制台未能加载",
    body: "有一部分内容没有收到。请检查网络连接，然后重新加载页面。",
    reload: "重新加载",
  },
} satisfies Record<Language, object>;

/** Says why nothing is shown, where the file with the texts of the language did not arrive. */
export function showLoadFailure(container: Element, language: Language): void {
  const { title, body, reload } = texts[language];
  const button = withText("button", reload);
  button.addEventListener("click", () => location.reload());
  const page = document.createElement("main");
  page.className = "load-failure";
  page.append(withText("h1", title), withText("p", body), button);
  container.replaceChildren(page);
}

function withText(name: "h1" | "p" | "button", text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
