import type { FastifyReply, FastifyRequest } from "fastify";

const yearSeconds = 365 * 86_400;

/** More than the tabs that a person opens at once. Each secret costs a hash. */
const maxBrowserSecrets = 10;

export type CookieName = "session" | "browser" | "signed_out" | "operator";

const sameSite = {
  // A browser does not send a Strict cookie on the redirect back from WeChat.
  session: "Lax",
  browser: "Lax",
  signed_out: "Lax",
  operator: "Strict",
} as const satisfies Record<CookieName, "Lax" | "Strict">;

/**
 * Reads and sets the cookies. Under https their names start with `__Host-`: a browser accepts such a cookie from this
 * host only, so that no sibling domain can plant one.
 *
 * Own code, because `cookie` (and @fastify/cookie over it) keeps the first of two cookies with one name and drops the
 * other: a planted cookie could then take the place of the real one.
 */
export class Cookies {
  readonly #secure: boolean;

  constructor(publicUrl: URL) {
    this.#secure = publicUrl.protocol === "https:";
  }

  #nameOf(name: CookieName): string {
    return `${this.#secure ? "__Host-" : ""}wl_${name}`;
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
    const pairs = pairsOf(request).filter(([name]) => name === lasting || name.startsWith(`${lasting}_`));
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
    if (this.#secure) attributes.push("Secure");
    // Fastify collects repeated Set-Cookie headers.
    reply.header("set-cookie", `${name}=${value}; ${attributes.join("; ")}`);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.set(reply, name, "", 0);
  }
}

/** The value of the cookie with exactly this name, if it comes once. */
export function readCookie(request: FastifyRequest, cookieName: string): string | undefined {
  const [value, ...others] = pairsOf(request)
    .filter(([name]) => name === cookieName)
    .map(([, value]) => value);
  return others.length === 0 ? value : undefined;
}

function pairsOf(request: FastifyRequest): [name: string, value: string][] {
  return (request.headers.cookie ?? "").split(";").map((pair) => {
    const [name = "", ...value] = pair.trim().split("=");
    return [name, value.join("=")];
  });
}
