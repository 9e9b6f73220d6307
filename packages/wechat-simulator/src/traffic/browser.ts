import type { Decision } from "../rules/grant.js";
import type { Application } from "./application.js";

/** One response; redirects are not followed. */
export interface Page {
  url: URL;
  status: number;
  /** The resolved redirect target. */
  location?: URL;
  /** The `Refresh` header: `Refresh: 1; url=/next`. */
  refresh?: { ms: number; url: URL };
  /** The simulator's reason for an error page. */
  reason?: string;
  html: string;
}

/** The person, and the user agent. */
export interface BrowserOptions {
  app: Application;
  person: string;
  decision?: Decision;
  userAgent: string;
  /** Resolves early, without an error, when aborted. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 30_000;

/** A browser with its own cookies, used by one simulated person who decides at once when WeChat asks. */
export class Browser {
  /** By host name: ports share cookies, as in real browsers. */
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(readonly options: BrowserOptions) {}

  /** @throws {Error} from fetch: no response, or none in time */
  async open(url: URL): Promise<Page> {
    const { app, person, decision = "allow", userAgent, signal } = this.options;
    const headers = new Headers({ accept: "text/html", "accept-language": "en", "user-agent": userAgent });
    const jar = this.#jar(url);
    if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    if (url.origin === app.wechat.origin) {
      headers.set("x-simulator-person", person);
      headers.set("x-simulator-decision", decision);
    }
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, {
      redirect: "manual",
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    for (const cookie of answer.headers.getSetCookie()) storeCookie(jar, cookie);
    const html = await answer.text(); // also for a redirect, to release the connection
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

/** Cookie paths are ignored. */
function storeCookie(jar: Map<string, string>, setCookie: string): void {
  const [pair = "", ...attributes] = setCookie.split(";");
  const [name = "", ...value] = pair.trim().split("=");
  const isExpired = attributes.some((attribute) => {
    const [key = "", text = ""] = attribute.trim().split("=");
    if (key.toLowerCase() === "max-age") return Number(text) <= 0;
    return key.toLowerCase() === "expires" && Date.parse(text) <= Date.now();
  });
  if (isExpired || value.join("=") === "") jar.delete(name);
  else jar.set(name, value.join("="));
}
