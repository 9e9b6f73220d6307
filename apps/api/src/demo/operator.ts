import { randomBytes } from "node:crypto";
import { createOperatorLink } from "../domain/operators/links.js";
import type { OperatorRole } from "../domain/operators/roles.js";
import type { EarlierSystem } from "./earlier-system.js";

/** An operator of the demo, who acts through the console's procedures: so each act is in the audit log. */
export class DemoOperator {
  /** Known to this process only, so that the demo opens no way into the console. */
  readonly #password = randomBytes(24).toString("base64url");
  readonly #cookies = new Map<string, string>();

  private constructor(
    readonly system: EarlierSystem,
    readonly username: string,
    readonly ip: string,
  ) {}

  static async create(
    system: EarlierSystem,
    username: string,
    { role, ip }: { role: OperatorRole; ip: string },
  ): Promise<DemoOperator> {
    const operator = new DemoOperator(system, username, ip);
    // By the clock of the running server, whose clean-up would delete a link that expired a week ago before it is redeemed.
    const secret = await createOperatorLink({ ...system.app.deps, now: () => new Date() }, role);
    await operator.call("operator.redeemLink", { secret, username, password: operator.#password });
    return operator;
  }

  signIn(): Promise<unknown> {
    return this.call("operator.signIn", { username: this.username, password: this.#password });
  }

  /** A wrong password, as everyone types one now and then. */
  mistype(): Promise<unknown> {
    return this.call("operator.signIn", { username: this.username, password: "not the one" }, [401]);
  }

  /** The rows of a list. */
  async list<Row>(procedure: string, input: object = {}): Promise<Row[]> {
    const query = encodeURIComponent(JSON.stringify(input));
    const { items } = await this.#request<{ items: Row[] }>("GET", `${procedure}?input=${query}`);
    return items;
  }

  /** @returns what the procedure answers */
  call<Answer>(procedure: string, input: object, accepted: readonly number[] = []): Promise<Answer> {
    return this.#request("POST", procedure, { payload: JSON.stringify(input) }, accepted);
  }

  async #request<Answer>(
    method: "GET" | "POST",
    procedure: string,
    body: { payload?: string } = {},
    accepted: readonly number[] = [],
  ): Promise<Answer> {
    const { publicUrl } = this.system.settings;
    const answer = await this.system.app.server.inject({
      method,
      url: `/admin/trpc/${procedure}`,
      remoteAddress: this.ip,
      headers: {
        host: publicUrl.host,
        origin: publicUrl.origin,
        "content-type": "application/json",
        cookie: [...this.#cookies].map((pair) => pair.join("=")).join("; "),
      },
      ...body,
    });
    for (const { name, value } of answer.cookies) this.#cookies.set(name, value);
    if (answer.statusCode !== 200 && !accepted.includes(answer.statusCode)) {
      throw new Error(`${procedure} answered ${answer.statusCode}: ${answer.body}`);
    }
    return answer.json().result?.data;
  }
}
