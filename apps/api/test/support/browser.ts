export const userAgents = {
  wechatAndroid:
    "Mozilla/5.0 (Linux; Android 14; PGT-AN00 Build/HONORPGT-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.120 Mobile Safari/537.36 XWEB/1220099 MMWEBSDK/20240404 MMWEBID/4975 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64",
  wechatIos:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/16D57 MicroMessenger/7.0.5(0x17000523) NetType/4G Language/zh_CN",
  desktop:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
  safariIphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
  wecom: "Mozilla/5.0 (Linux; Android 14) wxwork/2.4.2 MicroMessenger/6.3.22 Language/zh",
};

export interface BrowserOptions {
  /** The simulated person who uses it. */
  person?: string;
  decision?: "allow" | "refuse";
  userAgent?: string;
  language?: string;
}

export interface Visit {
  url: URL;
  status: number;
  headers: Headers;
  location: URL | undefined;
  html: string;
}

/** A browser with a cookie jar. `visit` does not follow redirects, so that a test sees each response. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;
  readonly #options: Required<BrowserOptions>;

  constructor(origin: string, options: BrowserOptions = {}) {
    this.#origin = origin;
    this.#options = {
      person: "alice",
      decision: "allow",
      userAgent: userAgents.wechatAndroid,
      language: "en",
      ...options,
    };
  }

  /** One request; redirects are not followed. */
  async visit(to: string | URL, init: RequestInit = {}): Promise<Visit> {
    const url = new URL(to, this.#origin);
    const isOwn = url.origin === this.#origin;
    const { person, decision, userAgent, language } = this.#options;
    const answer = await fetch(url, {
      redirect: "manual",
      ...init,
      headers: {
        accept: "text/html",
        "accept-language": language,
        "user-agent": userAgent,
        ...(isOwn
          ? { cookie: this.cookieHeader() }
          : { "x-simulator-person": person, "x-simulator-decision": decision }),
        ...(init.headers as Record<string, string>),
      },
    });
    if (isOwn) this.#keepCookies(answer.headers);
    const location = answer.headers.get("location");
    return {
      url,
      status: answer.status,
      headers: answer.headers,
      location: location === null ? undefined : new URL(location, url),
      html: await answer.text(),
    };
  }

  /** Follows redirects, 15 at most, and stops at one to a host application, which has no server here. */
  async follow(to: string | URL): Promise<Visit> {
    let visit = await this.visit(to);
    for (let redirects = 0; visit.location && redirects < 15; redirects++) {
      if (visit.location.hostname.endsWith(".example")) break;
      visit = await this.visit(visit.location);
    }
    return visit;
  }

  /** Starts a sign-in, passes WeChat and returns the URL of the callback without visiting it. */
  async callbackUrl(start = "/login/wechat"): Promise<URL> {
    const leaving = await this.visit(start);
    if (!leaving.location) throw new Error(`${start} answered ${leaving.status}, not a redirect to WeChat`);
    const returning = await this.visit(leaving.location);
    if (!returning.location) throw new Error(`WeChat did not send the browser back: ${returning.html}`);
    return returning.location;
  }

  /** A whole sign-in: start, profile page if there is one, its button, and back. */
  async signIn(start = "/login/wechat"): Promise<Visit> {
    const first = await this.follow(start);
    const button = profileButton(first.html);
    return button ? this.follow(button) : first;
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  get session(): string | undefined {
    return this.cookies.get("wl_session");
  }

  /** A copy with the same cookies, such as another tab or a stolen cookie jar. */
  copy(options: BrowserOptions = {}): Browser {
    const copy = new Browser(this.#origin, { ...this.#options, ...options });
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** Calls a tRPC query with the cookies. */
  async query<Data>(path: string, input?: unknown, base = "/trpc"): Promise<TrpcAnswer<Data>> {
    const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return trpcAnswer(
      await this.visit(`${base}/${path}${query}`, { headers: { accept: "application/json" } }),
    );
  }

  async mutate<Data>(path: string, input?: unknown, base = "/trpc"): Promise<TrpcAnswer<Data>> {
    return trpcAnswer(
      await this.visit(`${base}/${path}`, {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/json", origin: this.#origin },
        body: JSON.stringify(input ?? {}),
      }),
    );
  }

  #keepCookies(headers: Headers): void {
    for (const cookie of headers.getSetCookie()) {
      const [pair = "", ...attributes] = cookie.split(";");
      const [name = "", value = ""] = pair.split("=");
      const isRemoved = value === "" || attributes.some((attribute) => attribute.trim() === "Max-Age=0");
      if (isRemoved) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

export interface TrpcAnswer<Data> {
  status: number;
  headers: Headers;
  data: Data | undefined;
  error:
    | {
        message: string;
        data: { code: string; httpStatus: number; requestId: string; appCode: string | null };
      }
    | undefined;
  text: string;
}

function trpcAnswer<Data>({ status, headers, html: text }: Visit): TrpcAnswer<Data> {
  const body = JSON.parse(text) as { result?: { data: Data }; error?: TrpcAnswer<Data>["error"] };
  return { status, headers, data: body.result?.data, error: body.error, text };
}

/** The link behind the button of the profile page. */
export function profileButton(html: string): string | undefined {
  return /href="(\/login\/wechat\/profile[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
}

/** The links of a page's main part, by their labels. */
export const linksOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [
      ...(html.split("<main")[1]?.split("</main>")[0] ?? "").matchAll(
        /<a [^>]*href="([^"]*)"[^>]*>([^<]*)</g,
      ),
    ].map(([, href = "", label = ""]) => [label, href.replaceAll("&amp;", "&")]),
  );

/** The link that a page shows to be opened in another place, as a person copies it. */
export const shownLink = (html: string): string | undefined =>
  /<code id="link"[^>]*>(.*?)<\/code>/.exec(html)?.[1]?.replaceAll("<wbr>", "").replaceAll("&amp;", "&");

export const titleOf = (html: string): string => /<h1[^>]*>(.*?)<\/h1>/s.exec(html)?.[1]?.trim() ?? "";
