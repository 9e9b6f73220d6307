import type { FastifyReply, FastifyRequest } from "fastify";

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

  set(reply: FastifyReply, name: CookieName, value: string, maxAgeSeconds: number): void {
    const attributes = ["Path=/", "HttpOnly", `SameSite=${sameSite[name]}`, `Max-Age=${maxAgeSeconds}`];
    if (this.#secure) attributes.push("Secure");
    addHeader(reply, `${this.#nameOf(name)}=${value}; ${attributes.join("; ")}`);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.set(reply, name, "", 0);
  }
}

/** One cookie of the request by its whole name. */
export function readCookie(request: FastifyRequest, name: string): string | undefined {
  const values = (request.headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

function addHeader(reply: FastifyReply, cookie: string): void {
  // Fastify gathers repeated Set-Cookie headers by itself.
  reply.header("set-cookie", cookie);
}
