import { newId } from "../../src/domain/ids.js";
import { hashSecret, newSecret } from "../../src/domain/key-ring.js";
import { createOperatorLink } from "../../src/domain/operators/links.js";
import type { Admitted } from "../../src/domain/operators/pending-sign-ins.js";
import type { OperatorRole } from "../../src/domain/operators/roles.js";
import { Browser, type TrpcAnswer, userAgents } from "./browser.js";
import type { System } from "./system.js";

export interface OperatorAccount {
  username: string;
  password: string;
}

/** A client of the operators' router with its own browser. */
export class Console {
  readonly browser: Browser;

  constructor({ url }: Pick<System, "url">) {
    this.browser = new Browser(url, { userAgent: userAgents.desktop });
  }

  query<Data>(path: string, input?: unknown): Promise<TrpcAnswer<Data>> {
    return this.browser.query(path, input, "/admin/trpc");
  }

  mutate<Data>(path: string, input?: unknown): Promise<TrpcAnswer<Data>> {
    return this.browser.mutate(path, input, "/admin/trpc");
  }

  signIn({ username, password }: OperatorAccount) {
    return this.mutate("operator.signIn", { username, password });
  }

  get session(): string {
    const secret = this.browser.cookies.get("wl_operator");
    if (secret === undefined) throw new Error("no operator is signed in here");
    return secret;
  }
}

/** The session that a password or a link led to; fails where a second factor was asked for. */
export function signedIn(admitted: Admitted) {
  if (admitted.kind !== "signed_in") throw new Error("a second factor was asked for");
  return admitted;
}

export const accounts = {
  viewer: { username: "vera", password: "vera looks at lists" },
  operator: { username: "otto", password: "otto repairs tokens" },
  owner: { username: "olga", password: "olga owns the house" },
} as const satisfies Record<OperatorRole, OperatorAccount>;

/** Creates an operator through a one-time link and returns their signed-in console. */
export async function makeOperator(
  system: Pick<System, "url" | "app">,
  role: OperatorRole = "owner",
): Promise<Console> {
  const secret = await createOperatorLink(system.app.deps, role);
  const console = new Console(system);
  const made = await console.mutate("operator.redeemLink", { secret, ...accounts[role] });
  if (made.status !== 200) throw new Error(`the operator was not made: ${made.text}`);
  return console;
}

/** A signed-in console whose operator and session are written as rows, without a password. */
export async function seedOperator(
  { url, app: { deps } }: Pick<System, "url" | "app">,
  role: OperatorRole = "operator",
): Promise<Console> {
  const [now, secret] = [deps.now(), newSecret()];
  const operator = { id: newId(now), username: accounts[role].username, role, passwordHash: "none" };
  await deps.db.consoleQuery((orm, t) =>
    orm
      .insert(t.operators)
      .values({ ...operator, status: "active", createdAt: now })
      .returning(),
  );
  const session = { secretHash: hashSecret(secret), operatorId: operator.id };
  const expiresAt = new Date(now.getTime() + 3_600_000);
  await deps.db.consoleQuery((orm, t) =>
    orm
      .insert(t.operatorSessions)
      .values({ ...session, createdAt: now, lastSeenAt: now, expiresAt })
      .returning(),
  );
  const console = new Console({ url });
  console.browser.cookies.set("wl_operator", secret);
  return console;
}
