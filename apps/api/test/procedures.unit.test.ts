import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { describe, expect, it } from "vitest";
import { CursorError } from "../src/domain/cursor.js";
import { roleRank } from "../src/domain/operators.js";
import type { OperatorContext, PersonContext } from "../src/trpc/context.js";
import { visibleTo } from "../src/trpc/masking.js";
import {
  anonymousOperatorProcedure,
  operatorProcedure,
  operatorRouter,
  personProcedure,
  personRouter,
  publicProcedure,
  viewerProcedure,
} from "../src/trpc/procedures.js";

const events: string[] = [];
const log = { warn: ({ event }: { event: string }) => void events.push(event) };
const common = {
  deps: { log },
  requestId: "01REQUEST",
  visitor: { ip: "192.0.2.7", source: "192.0.2.7", userAgent: undefined },
};

const broken = () => {
  throw new Error("select * from secret_table");
};
const badCursor = () => {
  throw new CursorError();
};
// Made when a test asks, not when this file is loaded: a procedure that cannot be made fails a test, then.
const makePeople = () =>
  personRouter({
    open: publicProcedure.query(() => "open"),
    own: personProcedure.query(({ ctx }) => ctx.session.userId),
    broken: publicProcedure.query(broken),
    badCursor: publicProcedure.query(badCursor),
  });
const makeConsole = () =>
  operatorRouter({
    open: anonymousOperatorProcedure.query(() => "open"),
    look: viewerProcedure.query(({ ctx }) => ctx.operator.username),
    repair: operatorProcedure.query(({ ctx }) => ctx.operator.username),
    broken: anonymousOperatorProcedure.query(broken),
    badCursor: anonymousOperatorProcedure.query(badCursor),
  });

/** What a procedure answers in this context, as it goes over the wire. */
async function ask(make: typeof makePeople | typeof makeConsole, path: string, context: object | undefined) {
  const answer = await fetchRequestHandler({
    endpoint: "/trpc",
    req: new Request(`http://localhost/trpc/${path}`),
    router: make(),
    createContext: () => {
      if (!context) throw new Error("no context could be made");
      return { ...common, ...context } as unknown as PersonContext & OperatorContext;
    },
  });
  return (await answer.json()) as { result?: { data: unknown }; error?: { message: string; data: object } };
}
const asOperator = (role: string) => ({ operator: { id: "01OPERATOR", username: "otto", role } });

/** An error as a client gets it: a fixed text, a number, and nothing of ours. */
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
  it("T44: answers whoever is signed in, and nobody else", async () => {
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
  ])("T44: a %s who calls %s is let in: %s", async (role, path, isLetIn) => {
    events.length = 0;
    const { result, error } = await ask(makeConsole, path, asOperator(role));
    expect(result).toEqual(isLetIn ? { data: "otto" } : undefined);
    expect(error).toEqual(isLetIn ? undefined : errorOf("FORBIDDEN", 403, path, "role_too_low"));
    expect(events).toEqual(isLetIn ? [] : ["role_too_low"]);
  });

  it("T44: answers nobody without a session, apart from what brings one", async () => {
    for (const path of ["look", "repair"]) {
      const { error } = await ask(makeConsole, path, { session: { userId: "01USER" } });
      expect(error).toEqual(errorOf("UNAUTHORIZED", 401, path, "signed_out"));
    }
    expect(await ask(makeConsole, "open", {})).toEqual({ result: { data: "open" } });
  });

  it("T44: every role may do what the one below may, and more", () => {
    expect(roleRank.viewer).toBeLessThan(roleRank.operator);
    expect(roleRank.operator).toBeLessThan(roleRank.owner);
  });
});

describe.each([
  ["person", makePeople],
  ["operator", makeConsole],
] as const)("an error of a procedure for a %s", (_, router) => {
  it("T68: of ours says a fixed text and the request's number, and nothing of what broke", async () => {
    const { error } = await ask(router, "broken", {});
    expect(error).toEqual(errorOf("INTERNAL_SERVER_ERROR", 500, "broken", null));
  });

  it("T68: that the caller can mend says how", async () => {
    const { error } = await ask(router, "badCursor", {});
    expect(error).toEqual(
      errorOf("BAD_REQUEST", 400, "badCursor", "cursor_invalid", new CursorError().message),
    );
  });

  it("T68: about a procedure that is not there says no more than that", async () => {
    const { error } = await ask(router, "nowhere", {});
    expect(error).toEqual(errorOf("NOT_FOUND", 404, "nowhere", null));
  });

  it("T68: has no number where not even the request's context could be made", async () => {
    const { error } = await ask(router, "open", undefined);
    expect(error?.data).toMatchObject({ code: "INTERNAL_SERVER_ERROR", requestId: "" });
  });

  it("T28: that kept us from finding out who asks is thrown by every procedure", async () => {
    const searchError = new Error("the database is away");
    const { error } = await ask(router, "open", { searchError });
    expect(error).toEqual(errorOf("INTERNAL_SERVER_ERROR", 500, "open", null));
  });
});

describe("what a viewer sees", () => {
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

  it("is a third of each personal text at most, however deep it lies", () => {
    expect(visibleTo("viewer", row)).toEqual(masked);
    expect(visibleTo("viewer", { items: [{ row }], openid: [row.openid, null, 7] })).toEqual({
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
  ])("of %j is %j", (nickname, expected) => {
    expect(visibleTo("viewer", { nickname })).toEqual({ nickname: expected });
  });

  it.each([null, undefined, 7, "text", at, []])(
    "is what it was where there is nothing personal: %j",
    (value) => {
      expect(visibleTo("viewer", value)).toEqual(value);
      expect(visibleTo("viewer", { openid: value === "text" ? "" : value, value })).toEqual({
        openid: value === "text" ? "…" : value,
        value,
      });
    },
  );

  it.each(["operator", "owner"] as const)("is everything for an %s", (role) => {
    expect(visibleTo(role, row)).toBe(row);
  });
});
