import type { Decision } from "../rules/grant.js";
import type { Application } from "./application.js";

/** One answer, not followed anywhere yet. */
export interface Page {
  url: URL;
  status: number;
  /** Where it redirects to, resolved. */
  location?: URL;
  /** After how long a browser looks at another page by itself, or at this one again: `Refresh: 1; url=/next`. */
  refresh?: { ms: number; url: URL };
  /** Why the simulator shows an error page. */
  reason?: string;
  html: string;
}

/** Who sits before it, and what it says it is. */
export interface BrowserOptions {
  app: Application;
  person: string;
  decision?: Decision;
  userAgent: string;
  /** Ends early, without an error, when it is stopped. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal | undefined;
}

/** A page that takes longer than this is not waited for. */
const TIMEOUT_MS = 30_000;

/** A browser with cookies of its own, in the hands of one simulated person, who decides at once when WeChat asks. */
export class Browser {
  /** By host name: ports share their cookies in real browsers, too. */
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(readonly options: BrowserOptions) {}

  /** @throws what fetch throws: no answer, or none in time */
  async open(url: URL): Promise<Page> {
    const { app, person, decision = "allow", userAgent, signal } = this.options;
    const headers = new Headers({ accept: "text/html", "accept-language": "en", "user-agent": userAgent });
    const jar = this.#jar(url);
    if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    if (url.origin === app.wechat.origin) {
      headers.set("x-simulator-person", person);
      headers.set("x-simulator-decision", decision);
    }
    const patience = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, {
      redirect: "manual",
      headers,
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    for (const cookie of answer.headers.getSetCookie()) keep(jar, cookie);
    const html = await answer.text(); // also of a redirect: the connection is free again only then
    const location = answer.headers.get("location");
    const refresh = readRefresh(answer.headers.get("refresh") ?? "", url);
    const reason = answer.headers.get("x-simulator-reason");
    return {
      url,
      status: answer.status,
      html,
      ...(location === null ? {} : { location: new URL(location, url) }),
      ...(refresh && { refresh }),
      ...(reason === null ? {} : { reason }),
    };
  }

  #jar({ hostname }: URL): Map<string, string> {
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>();
    this.#cookies.set(hostname, jar);
    return jar;
  }
}

function readRefresh(header: string, url: URL): Page["refresh"] {
  const [, seconds, target = ""] = /^(\d+)(?:; *url=(.*))?$/i.exec(header) ?? [];
  if (seconds === undefined || !URL.canParse(target, url.href)) return undefined;
  return { ms: Number(seconds) * 1000, url: new URL(target, url) };
}

/** Whatever a cookie says about paths is not looked at: one application has few. */
function keep(jar: Map<string, string>, setCookie: string): void {
  const [pair = "", ...attributes] = setCookie.split(";");
  const [name = "", ...value] = pair.trim().split("=");
  const isOver = attributes.some((attribute) => {
    const [key = "", text = ""] = attribute.trim().split("=");
    if (key.toLowerCase() === "max-age") return Number(text) <= 0;
    return key.toLowerCase() === "expires" && Date.parse(text) <= Date.now();
  });
  if (isOver || value.join("=") === "") jar.delete(name);
  else jar.set(name, value.join("="));
}
