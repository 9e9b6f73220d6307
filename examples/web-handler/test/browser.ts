export const inWeChat =
  "Mozilla/5.0 (Linux; Android 13; V2148A) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.49.2600(0x2800313D)";
export const onDesktop = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";

type Send = (request: Request) => Promise<Response>;

/** A browser with its own cookies, used by one of the simulator's people. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(
    private readonly send: Send,
    private readonly person: string,
    private readonly userAgent: string = inWeChat,
  ) {}

  async request(url: string, method: "GET" | "POST" = "GET"): Promise<Response> {
    const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request(new URL(url, "http://localhost:4000"), {
      method,
      headers: { "user-agent": this.userAgent, cookie },
      redirect: "manual",
    });
    const response = await this.send(request);
    for (const header of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }

  /** Taps "sign in" and decides on WeChat's page. @returns the callback's URL, which is not opened yet */
  async goToWeChat(decision: "allow" | "refuse" = "allow"): Promise<string> {
    const start = await this.request("/login");
    const answer = await fetch(String(start.headers.get("location")), {
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

  /** @returns undefined without a session */
  async whoAmI(): Promise<string | undefined> {
    const me = (await (await this.request("/login/me")).json()) as { personId: string } | null;
    return me?.personId;
  }

  async signIn(): Promise<string | undefined> {
    await this.request(await this.goToWeChat());
    return this.whoAmI();
  }
}
