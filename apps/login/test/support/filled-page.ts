import { createApps, type WeChatApp } from "../../../api/src/domain/apps.js";
import type { PageSlots } from "../../../api/src/http/page-contract.js";
import { createSendPage } from "../../../api/src/http/pages.js";
import { type Language, type PageName, renderPage } from "../../src/pages.js";

const assets = { script: "/login/assets/main.js", style: "/login/assets/style.css" };

/** The site whose pages these are; every value needs its escape. */
export const site = {
  name: { zh: "山茶<书店>", en: "Camellia <Books>" },
  privacyUrl: `https://shop.example.com/privacy?a="1"&b=2`,
  termsUrl: "/terms?a='1'&b=2",
};

/** A page as the server sends it: rendered, and filled by the code that the server fills it with. */
export async function filledPage<Page extends PageName>(
  page: Page,
  language: Language,
  slots: PageSlots<Page>,
): Promise<{ status: number; html: string }> {
  const app = {
    key: "shop",
    logo: { contentType: "image/svg+xml", content: "" },
    ...site,
  } as unknown as WeChatApp;
  const source = async (asked: Language, name: PageName) => renderPage(name, asked, assets);
  const sendPage = createSendPage(source, createApps([]), new URL("https://login.example.com"));
  const sent = { status: 0, html: "" };
  const reply = {
    code(status: number) {
      sent.status = status;
      return reply;
    },
    header: () => reply,
    type: () => reply,
    send(html: string) {
      sent.html = html;
      return reply;
    },
  };
  type Send = Parameters<typeof sendPage>;
  const request = { headers: { "accept-language": language } } as Send[0];
  await sendPage(request, reply as unknown as Send[1], page, slots, app);
  return sent;
}
