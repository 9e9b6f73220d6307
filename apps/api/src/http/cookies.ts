import type { FastifyReply, FastifyRequest } from "fastify";
import { cookieIn, cookieName, cookiesIn } from "../domain/cookie-header.js";

const yearSeconds = 365 * 86_400;

/** More than the tabs that a person opens at once. Each secret costs a hash. */
const maxBrowserSecrets = 10;

export type CookieName = "session" | "browser" | "signed_out" | "bind_link" | "operator" | "operator_pending";

const sameSite = {
  // A browser does not send a Strict cookie on the redirect back from WeChat.
  session: "Lax",
  browser: "Lax",
  signed_out: "Lax",
  bind_link: "Lax",
  operator: "Strict",
  operator_pending: "Strict",
} as const satisfies Record<CookieName, "Lax" | "Strict">;

/** Reads and sets the cookies. Each is sent to every path: a browser takes the prefix `__Host-` with no other one. */
export class Cookies {
  constructor(private readonly publicUrl: URL) {}

  #nameOf(name: CookieName): string {
    return cookieName(name, this.publicUrl);
  }

  /** @returns undefined where the cookie is absent, or comes twice: one of the two may be planted. */
  read(request: FastifyRequest, name: CookieName): string | undefined {
    return readCookie(request, this.#nameOf(name));
  }

  /**
   * The secrets that identify this browser: the lasting one, and for some minutes one for each sign-in that began
   * before it was set. Two tabs that start at once in a new browser would otherwise overwrite each other's secret.
   */
  browserSecrets(request: FastifyRequest): string[] {
    const lasting = this.#nameOf("browser");
    const pairs = cookiesIn(request.headers.cookie ?? "").filter(
      ([name]) => name === lasting || name.startsWith(`${lasting}_`),
    );
    // Of two cookies with one name, one may be planted: neither counts.
    return pairs
      .filter(([name]) => pairs.filter(([other]) => other === name).length === 1)
      .slice(0, maxBrowserSecrets)
      .map(([, value]) => value);
  }

  /** Gives a browser without a secret one for this sign-in and for later ones. */
  setBrowserSecret(reply: FastifyReply, secret: string, signIn: { id: string; seconds: number }): void {
    this.set(reply, "browser", secret, yearSeconds);
    this.#add(reply, `${this.#nameOf("browser")}_${signIn.id.slice(-6)}`, secret, "Lax", signIn.seconds);
  }

  set(reply: FastifyReply, name: CookieName, value: string, maxAgeSeconds: number): void {
    this.#add(reply, this.#nameOf(name), value, sameSite[name], maxAgeSeconds);
  }

  #add(
    reply: FastifyReply,
    name: string,
    value: string,
    site: "Lax" | "Strict",
    maxAgeSeconds: number,
  ): void {
    const attributes = ["Path=/", "HttpOnly", `SameSite=${site}`, `Max-Age=${maxAgeSeconds}`];
    if (this.publicUrl.protocol === "https:") attributes.push("Secure");
    // Fastify collects repeated Set-Cookie headers.
    reply.header("set-cookie", `${name}=${value}; ${attributes.join("; ")}`);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.set(reply, name, "", 0);
  }
}

/** The value of the cookie with exactly this name, if it comes once. */
export const readCookie = ({ headers }: FastifyRequest, name: string): string | undefined =>
  cookieIn(headers.cookie ?? "", name);
