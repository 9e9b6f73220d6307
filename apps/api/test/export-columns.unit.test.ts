import { describe, expect, it } from "vitest";
import {
  auditColumns,
  type Columns,
  failuresColumns,
  peopleColumns,
  signInsColumns,
  userTokensColumns,
} from "../src/domain/console/exports/columns.js";
import { formatOf } from "../src/domain/console/exports/formats.js";

// Each list's row as one line of CSV. That the rows are the list's own is in exports.test.ts.

/** The cells of a row by the names of their columns, in order. */
function cellsOf<Row>(columns: Columns<Row>, row: unknown): [name: string, cell: unknown][] {
  return columns.map(([name, cell]) => [name, cell(row as Row)]);
}

const at = new Date("2026-11-03T08:00:00.000Z");
const later = new Date("2026-11-03T08:00:01.000Z");
const person = { userId: "user-1", nickname: "张三", isGuess: true };

describe("an exported row", () => {
  it("of the people has all their apps, openids and unionids, each once", () => {
    const bindings = [
      { appKey: "shop", appId: "wx1", openid: "o1", unionid: "u1" },
      { appKey: "site", appId: "wx2", openid: "o2", unionid: "u1" },
      { appKey: null, appId: "wx3", openid: "o3", unionid: null },
    ];
    const row = { userId: "user-1", profile: { nickname: "张三" }, status: "blocked", bindings };
    expect(cellsOf(peopleColumns, { ...row, createdAt: at, lastSignInAt: later })).toEqual([
      ["userId", "user-1"],
      ["nickname", "张三"],
      ["status", "blocked"],
      ["apps", "shop site wx3"],
      ["openids", "o1 o2 o3"],
      ["unionids", "u1"],
      ["createdAt", at],
      ["lastSignInAt", later],
    ]);
  });

  it("of the sign-ins names the person, and says whether that is a guess", () => {
    const row = {
      ...{ id: "sign-in-1", createdAt: at, appKey: "shop", appId: "wx1", outcome: "signed_in" },
      ...{ outcomeAt: later, openid: "o1", person, ip: "203.0.113.5" },
      device: { client: "wechat", platform: "ios" },
    };
    const cells = cellsOf(signInsColumns, row);
    expect(cells).toEqual([
      ["id", "sign-in-1"],
      ["createdAt", at],
      ["app", "shop"],
      ["outcome", "signed_in"],
      ["outcomeAt", later],
      ["openid", "o1"],
      ["userId", "user-1"],
      ["nickname", "张三"],
      ["isGuess", "true"],
      ["ip", "203.0.113.5"],
      ["device", "wechat ios"],
    ]);
    const open = { ...row, appKey: null, outcome: null, outcomeAt: null, person: null, device: null };
    const ofOpen = Object.fromEntries(cellsOf(signInsColumns, open));
    expect(ofOpen).toMatchObject({ app: "wx1", outcome: "in_progress", outcomeAt: null, device: null });
    expect([ofOpen.userId, ofOpen.nickname, ofOpen.isGuess]).toEqual([undefined, undefined, null]);
  });

  it("of the failures has what WeChat answered, how long it took and to whom it happened", () => {
    const row = {
      ...{ id: "failure-1", at, appKey: null, appId: "wx1", endpoint: "sns/userinfo", errcode: 40001 },
      ...{ name: "invalid_credential", errmsg: "invalid credential", rid: "6b0a", openid: "o1", attempt: 2 },
      ...{ person: { ...person, isGuess: false }, latencyMs: 120, signInId: "sign-in-1" },
    };
    expect(cellsOf(failuresColumns, row)).toEqual([
      ["id", "failure-1"],
      ["at", at],
      ["app", "wx1"],
      ["endpoint", "sns/userinfo"],
      ["errcode", 40001],
      ["name", "invalid_credential"],
      ["errmsg", "invalid credential"],
      ["rid", "6b0a"],
      ["openid", "o1"],
      ["userId", "user-1"],
      ["nickname", "张三"],
      ["isGuess", "false"],
      ["attempt", 2],
      ["latencyMs", 120],
      ["signInId", "sign-in-1"],
    ]);
  });

  it("of the users' tokens has their state and moments, and no token", () => {
    const row = {
      ...{ bindingId: "binding-1", appKey: "shop", appId: "wx1", openid: "o1", userId: "user-1" },
      ...{ nickname: "张三", state: "refused", scope: "snsapi_userinfo", refusedErrcode: 40030 },
      ...{ expiresAt: at, refreshExpiresAt: later, updatedAt: at, checkedAt: null },
      ...{ accessToken: "secret", refreshToken: "secret" },
    };
    expect(cellsOf(userTokensColumns, row)).toEqual([
      ["bindingId", "binding-1"],
      ["app", "shop"],
      ["openid", "o1"],
      ["userId", "user-1"],
      ["nickname", "张三"],
      ["state", "refused"],
      ["scope", "snsapi_userinfo"],
      ["expiresAt", at],
      ["refreshExpiresAt", later],
      ["updatedAt", at],
      ["checkedAt", null],
      ["refusedErrcode", 40030],
    ]);
  });

  it("of the audit log names an operator by id, and a host application with its key", () => {
    const row = {
      ...{
        id: "audit-1",
        at,
        actor: { kind: "operator", id: "operator-1", name: "li" },
        event: "user.blocked",
      },
      ...{ target: "user-1", targetName: "张三", result: "ok", errcode: null, reason: "spam", detail: "{}" },
      ...{ ip: "203.0.113.5", sealNumber: 7 },
    };
    expect(cellsOf(auditColumns, row)).toEqual([
      ["id", "audit-1"],
      ["at", at],
      ["actor", "operator-1"],
      ["actorName", "li"],
      ["event", "user.blocked"],
      ["target", "user-1"],
      ["targetName", "张三"],
      ["result", "ok"],
      ["errcode", null],
      ["reason", "spam"],
      ["detail", "{}"],
      ["ip", "203.0.113.5"],
      ["sealNumber", 7],
    ]);
    const actorOf = (actor: unknown) =>
      Object.fromEntries(cellsOf(auditColumns, { ...row, actor })) as Record<string, unknown>;
    expect(actorOf({ kind: "host", id: "shop", keyId: "k1", name: "Shop" })).toMatchObject({
      actor: "host:shop/k1",
      actorName: "Shop",
    });
    expect(actorOf({ kind: "host", id: "shop", keyId: null }).actor).toBe("host:shop/");
    expect([actorOf(null).actor, actorOf(null).actorName]).toEqual([null, undefined]);
  });
});

describe("a file of rows in CSV", () => {
  it("quotes each text and leaves empty what is not there, which a spreadsheet reads alike", () => {
    const columns: Columns<Record<string, string | number | Date | null>> = [
      ["text", ({ text }) => text],
      ["count", ({ count }) => count],
      ["at", ({ when }) => when],
    ];
    const { head, rows, filler, contentType } = formatOf("csv", columns);
    expect({
      head,
      filler,
      contentType,
      rows: rows([{ text: "", count: 0, when: at }, { text: "a" }]),
    }).toEqual({
      ...{ head: '\u{feff}"text","count","at"\r\n', filler: "", contentType: "text/csv; charset=utf-8" },
      rows: ',"0","2026-11-03T08:00:00.000Z"\r\n"a",,\r\n',
    });
    expect(rows([])).toBe("");
  });
});
