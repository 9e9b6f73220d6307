import { type Language, type PageName, pageNames } from "api/pages";
import { accountPage } from "./pages/account.js";
import { bindLinkPage } from "./pages/bind-link.js";
import { consentPage } from "./pages/consent.js";
import { type Assets, documentOf, type Page } from "./pages/document.js";
import { accountDeletedPage, homePage, signedOutPage } from "./pages/entry.js";
import { failurePage } from "./pages/failure-page.js";
import { slotsOf } from "./pages/slots.js";
import {
  miniProgramPage,
  openInWechatPage,
  openOnDesktopPage,
  scanWithPhonePage,
  wecomPage,
} from "./pages/unsupported-client.js";
import { textsOf } from "./texts/languages.js";
import type { Texts } from "./texts/texts.js";

export { type Language, type PageName, pageNames };

export const languages = ["zh", "en"] as const satisfies readonly Language[];

/**
 * An HTML document with a `{{slot}}` marker for each of `pageSlots[page]`, which the server fills.
 *
 * @param assets the URLs of the script and the style sheet, as the browser requests them.
 */
export function renderPage(page: PageName, language: Language, assets: Assets): string {
  const texts = textsOf[language];
  return documentOf(pageOf(page, texts), texts, assets).source;
}

function pageOf(page: PageName, texts: Texts): Page {
  switch (page) {
    case "home":
      return homePage(slotsOf("home"), texts);
    case "signed-out":
      return signedOutPage(slotsOf("signed-out"), texts);
    case "account-deleted":
      return accountDeletedPage(slotsOf("account-deleted"), texts);
    case "account":
      return accountPage(slotsOf("account"), texts);
    case "profile":
      return consentPage(["bubble", "person", "shield"], texts.profile, slotsOf("profile"), texts);
    case "missing-profile":
      return consentPage(
        ["person", "person", "shield"],
        texts.missingProfile,
        slotsOf("missing-profile"),
        texts,
      );
    case "unionid":
      return consentPage(["rings", "check", "shield"], texts.unionid, slotsOf("unionid"), texts);
    case "bind-link":
      return bindLinkPage(slotsOf("bind-link"), texts);
    case "open-in-wechat":
      return openInWechatPage(slotsOf("open-in-wechat"), texts);
    case "scan-with-phone":
      return scanWithPhonePage(slotsOf("scan-with-phone"), texts);
    case "open-on-desktop":
      return openOnDesktopPage(slotsOf("open-on-desktop"), texts);
    case "wecom":
      return wecomPage(slotsOf("wecom"), texts);
    case "mini-program":
      return miniProgramPage(slotsOf("mini-program"), texts);
    default:
      return failurePage(page, slotsOf(page), texts);
  }
}
