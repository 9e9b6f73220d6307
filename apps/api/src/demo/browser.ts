import type { FastifyInstance } from "fastify";
import { personName } from "./simulator.js";
import type { Device, Visit } from "./week.js";

const userAgents: Record<Device, readonly string[]> = {
  android: [
    "Mozilla/5.0 (Linux; Android 14; PGT-AN00 Build/HONORPGT-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.120 Mobile Safari/537.36 XWEB/1220099 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 NetType/5G Language/zh_CN",
    "Mozilla/5.0 (Linux; Android 15; 24129PN74C Build/AQ3A.240829.003; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 XWEB/1300199 MicroMessenger/8.0.56.2800(0x28003853) WeChat/arm64 NetType/WIFI Language/zh_CN",
  ],
  iphone: [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54(0x18003632) NetType/5G Language/zh_CN",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003235) NetType/WIFI Language/zh_CN",
  ],
  desktop: [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  ],
};

interface BrowserParts {
  server: FastifyInstance;
  publicUrl: URL;
  person: number;
  device: Device;
}

/** The browser of a person, with its cookies. Requests to the login service stay in this process. */
export class DemoBrowser {
  readonly #cookies = new Map<string, string>();
  readonly #userAgent: string;

  constructor(readonly parts: BrowserParts) {
    const { device, person } = parts;
    const choices = userAgents[device];
    this.#userAgent = choices[Math.floor(person / 2) % choices.length] ?? "";
  }

  /** Carriers and offices: addresses that belong to no one. */
  get #ip(): string {
    const { person, device } = this.parts;
    return device === "desktop"
      ? `203.0.113.${person % 250}`
      : `198.18.${person % 200}.${(person * 7) % 250}`;
  }

  /**
   * Signs in from the start to the page where it ends.
   *
   * @param pause is called before the person taps what a page asks
   */
  async signIn(does: Visit["does"], pause: () => void): Promise<void> {
    let url: URL | undefined = new URL("/login/wechat", this.parts.publicUrl);
    for (let redirects = 0; url && redirects < 14; redirects++) {
      const isOwn = url.origin === this.parts.publicUrl.origin;
      if (!isOwn && does === "leaves") return;
      const page: Page = isOwn ? await this.#open(url) : await this.#openWeChat(url, does);
      const tapped = page.location === undefined ? consentLink(page.html) : undefined;
      if (tapped) pause();
      const next: string | undefined = page.location ?? tapped;
      url = next === undefined ? undefined : new URL(next, url);
    }
  }

  async #open(url: URL): Promise<Page> {
    const answer = await this.parts.server.inject({
      url: url.pathname + url.search,
      remoteAddress: this.#ip,
      headers: {
        host: url.host,
        accept: "text/html",
        "accept-language": "zh-CN",
        "user-agent": this.#userAgent,
        ...(this.#cookies.size > 0 && {
          cookie: [...this.#cookies].map((pair) => pair.join("=")).join("; "),
        }),
      },
    });
    for (const { name, value, maxAge } of answer.cookies) {
      if (value === "" || maxAge === 0) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const { location } = answer.headers;
    return { html: answer.body, ...(typeof location === "string" && { location }) };
  }

  async #openWeChat(url: URL, does: Visit["does"]): Promise<Page> {
    const answer = await fetch(url, {
      redirect: "manual",
      headers: {
        "user-agent": this.#userAgent,
        "x-simulator-person": personName(this.parts.person),
        "x-simulator-decision": does === "refuses" ? "refuse" : "allow",
      },
    });
    await answer.text(); // releases the connection
    const location = answer.headers.get("location");
    return { html: "", ...(location !== null && { location }) };
  }
}

interface Page {
  html: string;
  location?: string;
}

/** Where the tap of a page leads that asks for the profile. */
export const consentLink = (html: string): string | undefined =>
  /href="(\/login\/wechat\/[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
