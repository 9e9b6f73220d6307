import type { FastifyReply, FastifyRequest } from "fastify";

const yearSeconds = 365 * 86_400;

/** More than anybody has tabs that start at once; each costs a hash. */
const maxBrowserSecrets = 10;

export type CookieName = "session" | "browser" | "signed_out" | "operator";

const sameSite = {
  // Strict would not come along on the way back from WeChat.
  session: "Lax",
  browser: "Lax",
  signed_out: "Lax",
  operator: "Strict",
} as const satisfies Record<CookieName, "Lax" | "Strict">;

/**
 * Our cookies, under https with the `__Host-` prefix: then a browser takes them from this very host only, and
 * no sibling domain can plant one.
 */
export class Cookies {
  readonly #secure: boolean;

  constructor(publicUrl: URL) {
    this.#secure = publicUrl.protocol === "https:";
  }

  #nameOf(name: CookieName): string {
    return `${this.#secure ? "__Host-" : ""}wl_${name}`;
  }

  /** @returns undefined where there is none, and where there are two: then nobody can say which one counts. */
  read(request: FastifyRequest, name: CookieName): string | undefined {
    return readCookie(request, this.#nameOf(name));
  }

  /**
   * The secrets that name this browser: the lasting one, and for some minutes one for each journey that began
   * before there was any. Two tabs that start at once in a fresh browser would otherwise take each other's place.
   */
  browserSecrets(request: FastifyRequest): string[] {
    const lasting = this.#nameOf("browser");
    const pairs = pairsOf(request).filter(([name]) => name === lasting || name.startsWith(`${lasting}_`));
    // A name that comes twice was planted once: neither counts.
    return pairs
      .filter(([name]) => pairs.filter(([other]) => other === name).length === 1)
      .slice(0, maxBrowserSecrets)
      .map(([, value]) => value);
  }

  /** Names a browser that brought no secret, for this journey and for the next ones. */
  nameBrowser(reply: FastifyReply, secret: string, journey: { id: string; seconds: number }): void {
    this.set(reply, "browser", secret, yearSeconds);
    this.#add(reply, `${this.#nameOf("browser")}_${journey.id.slice(-6)}`, secret, "Lax", journey.seconds);
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
    // Fastify gathers repeated Set-Cookie headers by itself.
    reply.header("set-cookie", `${name}=${value}; ${attributes.join("; ")}`);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.set(reply, name, "", 0);
  }
}

/** One cookie of the request by its whole name. */
export function readCookie(request: FastifyRequest, wanted: string): string | undefined {
  const [value, ...others] = pairsOf(request)
    .filter(([name]) => name === wanted)
    .map(([, value]) => value);
  return others.length === 0 ? value : undefined;
}

function pairsOf(request: FastifyRequest): [name: string, value: string][] {
  return (request.headers.cookie ?? "").split(";").map((pair) => {
    const [name = "", ...value] = pair.trim().split("=");
    return [name, value.join("=")];
  });
}
