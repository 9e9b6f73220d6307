import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { describe, expect, it } from "vitest";
import { ListGate } from "../src/domain/console/list-gate.js";
import { maskForRole, mayMatchParts } from "../src/domain/console/masking.js";
import { CursorError } from "../src/domain/cursor.js";
import { roleRank } from "../src/domain/operators/roles.js";
import type { OperatorContext, PersonContext } from "../src/trpc/context.js";
import {
  operatorProcedure,
  operatorRouter,
  personProcedure,
  personRouter,
  publicOperatorProcedure,
  publicProcedure,
  viewerProcedure,
} from "../src/trpc/procedures.js";
import { type NamedProcedure, operatorProcedures, personProcedures } from "./support/procedures.js";

const events: string[] = [];
const log = { warn: ({ event }: { event: string }) => void events.push(event) };
const common = {
  deps: { log, listGate: new ListGate({ running: 1, waiting: 10, waitMs: 60_000 }) },
  requestId: "01REQUEST",
  visitor: { ip: "192.0.2.7", source: "192.0.2.7", userAgent: undefined },
};

const broken = () => {
  throw new Error("select * from secret_table");
};
const badCursor = () => {
  throw new CursorError();
};
// Built inside each test rather than at load, so that a procedure that cannot be built fails a test.
const makePeople = () =>
  personRouter({
    open: publicProcedure.query(() => "open"),
    own: personProcedure.query(({ ctx }) => ctx.session.userId),
    broken: publicProcedure.query(broken),
    badCursor: publicProcedure.query(badCursor),
  });
const makeConsole = () =>
  operatorRouter({
    open: publicOperatorProcedure.query(() => "open"),
    look: viewerProcedure.query(({ ctx }) => ctx.operator.username),
    repair: operatorProcedure.query(({ ctx }) => ctx.operator.username),
    change: operatorProcedure.meta({ audit: "operator.sign_out" }).mutation(() => "changed"),
    broken: publicOperatorProcedure.query(broken),
    badCursor: publicOperatorProcedure.query(badCursor),
  });

/** The JSON that a procedure answers in this context. */
async function ask(
  make: typeof makePeople | typeof makeConsole,
  path: string,
  context: object | undefined,
  method = "GET",
) {
  const answer = await fetchRequestHandler({
    endpoint: "/trpc",
    req: new Request(`http://localhost/trpc/${path}`, {
      method,
      ...(method === "POST" ? { headers: { "content-type": "application/json" }, body: "{}" } : {}),
    }),
    router: make(),
    createContext: () => {
      if (!context) throw new Error("no context could be made");
      return { ...common, ...context } as unknown as PersonContext & OperatorContext;
    },
  });
  return (await answer.json()) as { result?: { data: unknown }; error?: { message: string; data: object } };
}
const asOperator = (role: string) => ({ operator: { id: "01OPERATOR", username: "otto", role } });

/** An error as a client gets it. */
const errorOf = (
  code: string,
  httpStatus: number,
  path: string,
  appCode: string | null,
  message = appCode ?? code,
) => ({
  code: expect.any(Number),
  message,
  data: { code, httpStatus, path, requestId: "01REQUEST", appCode },
});

describe("a person's procedure", () => {
  it("answers a signed-in person and refuses an anonymous caller [T44]", async () => {
    const session = { userId: "01USER" };
    expect(await ask(makePeople, "own", { session })).toEqual({ result: { data: "01USER" } });
    expect((await ask(makePeople, "own", {})).error).toEqual(
      errorOf("UNAUTHORIZED", 401, "own", "signed_out"),
    );
    expect(await ask(makePeople, "open", {})).toEqual({ result: { data: "open" } });
  });
});

describe("an operator's procedure", () => {
  it.each([
    ["viewer", "look", true],
    ["operator", "look", true],
    ["owner", "look", true],
    ["viewer", "repair", false],
    ["operator", "repair", true],
    ["owner", "repair", true],
  ])("decides for a %s who calls %s, allowed: %s [T44]", async (role, path, isAllowed) => {
    events.length = 0;
    const { result, error } = await ask(makeConsole, path, asOperator(role));
    expect(result).toEqual(isAllowed ? { data: "otto" } : undefined);
    expect(error).toEqual(isAllowed ? undefined : errorOf("FORBIDDEN", 403, path, "role_too_low"));
    expect(events).toEqual(isAllowed ? [] : ["role_too_low"]);
  });

  it("refuses a caller without an operator's session unless it is open to all [T44]", async () => {
    for (const path of ["look", "repair"]) {
      const { error } = await ask(makeConsole, path, { session: { userId: "01USER" } });
      expect(error).toEqual(errorOf("UNAUTHORIZED", 401, path, "signed_out"));
    }
    expect(await ask(makeConsole, "open", {})).toEqual({ result: { data: "open" } });
  });

  it("ranks the roles viewer, operator and owner in ascending order [T44]", () => {
    expect(roleRank.viewer).toBeLessThan(roleRank.operator);
    expect(roleRank.operator).toBeLessThan(roleRank.owner);
  });
});

describe.each([
  ["person", makePeople],
  ["operator", makeConsole],
] as const)("an error of a %s's procedure", (_, router) => {
  it("has a fixed text and the request id, and no internal detail [T68]", async () => {
    const { error } = await ask(router, "broken", {});
    expect(error).toEqual(errorOf("INTERNAL_SERVER_ERROR", 500, "broken", null));
  });

  it("explains itself if the caller can correct the input [T68]", async () => {
    const { error } = await ask(router, "badCursor", {});
    expect(error).toEqual(
      errorOf("BAD_REQUEST", 400, "badCursor", "cursor_invalid", new CursorError().message),
    );
  });

  it("has nothing but NOT_FOUND for an unknown procedure [T68]", async () => {
    const { error } = await ask(router, "nowhere", {});
    expect(error).toEqual(errorOf("NOT_FOUND", 404, "nowhere", null));
  });

  it("has no request id if the context could not be created [T68]", async () => {
    const { error } = await ask(router, "open", undefined);
    expect(error?.data).toMatchObject({ code: "INTERNAL_SERVER_ERROR", requestId: "" });
  });

  it("is thrown by every procedure if the caller could not be authenticated for an internal reason [T28]", async () => {
    const authenticationError = new Error("the database is away");
    const { error } = await ask(router, "open", { authenticationError });
    expect(error).toEqual(errorOf("INTERNAL_SERVER_ERROR", 500, "open", null));
  });
});

describe("an operator's query", () => {
  it("passes through the gate for lists, and a mutation does not", async () => {
    const passed: string[] = [];
    const run = (call: () => Promise<unknown>) => {
      passed.push("gate");
      return call();
    };
    const deps = { log, listGate: { run } };
    const context = { ...asOperator("owner"), deps };
    expect(await ask(makeConsole, "look", context)).toEqual({ result: { data: "otto" } });
    expect(passed).toEqual(["gate"]);
    const repaired = await ask(makeConsole, "change", context, "POST");
    expect(repaired).toEqual({ result: { data: "changed" } });
    expect(passed).toEqual(["gate"]);
  });
});

describe("mayMatchParts", () => {
  it.each([
    ["viewer", false],
    ["operator", true],
    ["owner", true],
  ] as const)("is for a %s: %s", (role, expected) => {
    expect(mayMatchParts(role)).toBe(expected);
  });
});

describe("masking for a viewer", () => {
  const at = new Date(0);
  const row = {
    openid: "oAbCdEfGhIjKlMnOpQrStUvWxYz1",
    unionid: "uAbCdEfGhIjKlMnOpQr",
    nickname: "林小满",
    ip: "203.0.113.77",
    avatarUrl: "https://a.example/1",
    appId: "wx0123456789abcdef",
    outcome: null,
    count: 7,
    isKnown: true,
    at,
  };
  const masked = {
    ...row,
    openid: "oAb…Yz1",
    unionid: "uAb…pQr",
    nickname: "林…",
    ip: "20…77",
    avatarUrl: null,
  };

  it("shows at most a third of each personal text, at any depth", () => {
    expect(maskForRole("viewer", row)).toEqual(masked);
    expect(maskForRole("viewer", { items: [{ row }], openid: [row.openid, null, 7] })).toEqual({
      items: [{ row: masked }],
      openid: ["oAb…Yz1", null, 7],
    });
  });

  it.each([
    ["", "…"],
    ["🎉", "🎉…"],
    ["12345678", "1…"],
    ["123456789", "1…9"],
    ["12345678901", "1…1"],
    ["123456789012", "12…12"],
    ["123456789012345678", "123…678"],
    ["1234567890123456789012345678", "123…678"],
    ["🎉23456789", "🎉…9"],
  ])("turns %j into %j", (nickname, expected) => {
    expect(maskForRole("viewer", { nickname })).toEqual({ nickname: expected });
  });

  it.each([null, undefined, 7, "text", at, []])(
    "leaves values without personal text unchanged: %j",
    (value) => {
      expect(maskForRole("viewer", value)).toEqual(value);
      expect(maskForRole("viewer", { openid: value === "text" ? "" : value, value })).toEqual({
        openid: value === "text" ? "…" : value,
        value,
      });
    },
  );

  it.each(["operator", "owner"] as const)("changes nothing for an %s", (role) => {
    expect(maskForRole(role, row)).toBe(row);
  });
});

describe("the access to a procedure", () => {
  const withAccess = (procedures: NamedProcedure[], ...levels: string[]) =>
    procedures.filter(({ meta }) => levels.includes(meta?.access ?? "none")).map(({ path }) => path);

  it("is declared by every procedure of the console [T46]", () => {
    const declared = withAccess(operatorProcedures, "public", "viewer", "operator", "owner");
    expect(declared).toEqual(operatorProcedures.map(({ path }) => path));
  });

  it("is public in the console only where an operator gets a session [T46]", () => {
    const open = withAccess(operatorProcedures, "public");
    expect(open.sort()).toEqual([
      "operator.me",
      "operator.passFactor",
      "operator.passkeyRequest",
      "operator.pendingSignIn",
      "operator.redeemLink",
      "operator.signIn",
    ]);
  });

  it("needs more than a viewer's role where a procedure acts on a person, calls WeChat or shows a webhook [T46]", () => {
    expect(withAccess(operatorProcedures, "operator")).toEqual([
      "apps.diagnosis",
      "people.block",
      "people.blockMany",
      "people.unblock",
      "people.unblockMany",
      "people.endSessions",
      "people.endSessionsMany",
      "people.unbind",
      "people.mergeCandidates",
      "people.previewMerge",
      "people.merge",
      "people.refreshProfile",
      "people.export",
      "people.erase",
      "conflicts.merge",
      "conflicts.keepApart",
      "merges.undo",
      "tokens.checkUser",
      "tokens.checkUsers",
      "tokens.refreshUser",
      "tokens.forgetUser",
      "tokens.forgetUsers",
      "tokens.refreshApp",
      "tokens.invalidateApp",
      "failures.acknowledge",
      "failures.resolve",
      "failures.reopen",
      "failures.mute",
      "failures.undo",
      "failures.acknowledgeMany",
      "failures.resolveMany",
      "failures.reopenMany",
      "failures.muteMany",
      "failures.undoMany",
      "failures.lookUp",
      "hosts.list",
      "hosts.get",
      "hosts.enableWebhook",
      "hosts.testWebhook",
      "hosts.deliveries",
      "hosts.resend",
      "alerts.disableChannel",
      "alerts.enableChannel",
      "alerts.testChannel",
    ]);
  });

  it("needs an owner where a procedure changes operators, or what a host application may do [T44]", () => {
    expect(withAccess(operatorProcedures, "owner")).toEqual([
      "operators.invite",
      "operators.createPasswordLink",
      "operators.changeRole",
      "operators.disable",
      "operators.enable",
      "operators.endSessions",
      "operators.resetFactors",
      "operators.setFactorPolicy",
      "hosts.create",
      "hosts.update",
      "hosts.disable",
      "hosts.enable",
      "hosts.createKey",
      "hosts.revokeKey",
      "hosts.createWebhook",
      "hosts.updateWebhook",
      "hosts.rotateWebhookSecret",
      "hosts.deleteWebhook",
      "alerts.createChannel",
      "alerts.updateChannel",
      "alerts.deleteChannel",
    ]);
  });

  it("is declared by every procedure for people, and public in one only [T46]", () => {
    expect(withAccess(personProcedures, "public")).toEqual(["session.get"]);
    const ofHosts = personProcedures.map(({ path }) => path).filter((path) => path.startsWith("host."));
    expect(withAccess(personProcedures, "host")).toEqual(ofHosts);
    expect(withAccess(personProcedures, "public", "person", "host")).toEqual(
      personProcedures.map(({ path }) => path),
    );
  });
});
