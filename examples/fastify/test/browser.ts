import type { FastifyInstance, LightMyRequestResponse } from "fastify";

export const inWeChat =
  "Mozilla/5.0 (Linux; Android 13; V2148A) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.49.2600(0x2800313D)";
export const onDesktop = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";

/** A browser with its own cookies, used by one of the simulator's people. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(
    private readonly app: FastifyInstance,
    private readonly person: string,
    private readonly userAgent: string = inWeChat,
  ) {}

  async request(url: string, method: "GET" | "POST" = "GET"): Promise<LightMyRequestResponse> {
    const headers = {
      "user-agent": this.userAgent,
      // The content type of a form without fields.
      ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }),
    };
    const response = await this.app.inject({
      method,
      url: url.replace("http://localhost:4000", ""),
      headers,
      cookies: Object.fromEntries(this.#cookies),
    });
    for (const { name, value } of response.cookies) this.#cookies.set(name, value);
    return response;
  }

  /** Taps "sign in" and decides on WeChat's page. @returns the callback's URL, which is not opened yet */
  async goToWeChat(decision: "allow" | "refuse" = "allow"): Promise<string> {
    const start = await this.request("/login");
    const answer = await fetch(String(start.headers.location), {
      redirect: "manual",
      headers: {
        "user-agent": this.userAgent,
        "x-simulator-person": this.person,
        "x-simulator-decision": decision,
      },
    });
    const callback = answer.headers.get("location");
    if (!callback) throw new Error(`WeChat answered ${answer.status}`);
    return callback;
  }

  /** @returns the person's id that the home page shows, undefined without a session. */
  async whoAmI(): Promise<string | undefined> {
    return /you are person ([0-9a-f-]{36})/.exec((await this.request("/")).body)?.[1];
  }

  async signIn(): Promise<string | undefined> {
    await this.request(await this.goToWeChat());
    return this.whoAmI();
  }
}
