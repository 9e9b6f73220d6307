import { accountPage } from "./pages/account.js";
import { type Assets, documentOf, type Page } from "./pages/document.js";
import { miniProgramPage, openInWechatPage, openOnDesktopPage, wecomPage } from "./pages/elsewhere.js";
import { endingPage } from "./pages/endings.js";
import { homePage, profilePage, signedOutPage } from "./pages/entry.js";
import { type Language, type PageName, slotsOf } from "./pages/names.js";
import { type Texts, textsOf } from "./texts/texts.js";

export { type Language, type PageName, slotsOf };

export const languages = ["zh", "en"] as const satisfies readonly Language[];

// Object.keys forgets the literal type; slotsOf is `as const`, so these are all its keys and no others.
export const pageNames = Object.keys(slotsOf) as readonly PageName[];

/**
 * A whole HTML document with a `{{slot}}` marker for each of `slotsOf[page]`, for the server to fill.
 *
 * @param assets the URLs of the script and the style sheet, as the browser asks for them.
 */
export function renderPage(page: PageName, language: Language, assets: Assets): string {
  const texts = textsOf[language];
  return documentOf(pageOf(page, texts), texts, assets).source;
}

function pageOf(page: PageName, texts: Texts): Page {
  switch (page) {
    case "home":
      return homePage(texts);
    case "signed-out":
      return signedOutPage(texts);
    case "account":
      return accountPage(texts);
    case "profile":
      return profilePage(texts);
    case "open-in-wechat":
      return openInWechatPage(texts);
    case "open-on-desktop":
      return openOnDesktopPage(texts);
    case "wecom":
      return wecomPage(texts);
    case "mini-program":
      return miniProgramPage(texts);
    default:
      return endingPage(page, texts);
  }
}
