import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ClientError, checkClient, checkClientId, checkKey } from "../src/domain/hosts/check-values.js";
import {
  readCidrs,
  readClientId,
  readName,
  readRedirectPaths,
  readScopes,
} from "../src/domain/hosts/client-values.js";
import { readCidr } from "../src/domain/hosts/networks.js";
import { readInput } from "../src/domain/hosts/read-input.js";

/** What was read, or undefined if it was refused. */
function accepted<Value>(read: (problems: string[]) => Value): Value | undefined {
  const problems: string[] = [];
  const value = read(problems);
  return problems.length === 0 ? value : undefined;
}

describe("a value of a host application", () => {
  it("is an id of up to 64 small letters, digits, - and _", () => {
    for (const id of ["a", "0", "shop-1_b", "a".repeat(64)]) {
      expect(accepted((problems) => readClientId(id, problems))).toBe(id);
    }
    for (const id of ["", "-a", "_a", "Shop", "shop ", "shop/", "店", "a".repeat(65)]) {
      expect([id, accepted((problems) => readClientId(id, problems))]).toEqual([id, undefined]);
    }
  });

  it("is a name of up to 100 characters on one line", () => {
    expect(accepted((problems) => readName("  The shop ", problems))).toBe("The shop");
    expect(accepted((problems) => readName("x".repeat(100), problems))).toBe("x".repeat(100));
    for (const name of ["", "  ", "two\nlines", "x".repeat(101)]) {
      expect(accepted((problems) => readName(name, problems))).toBeUndefined();
    }
  });

  it("is a path as browsers ask for it, each once", () => {
    const read = (...texts: string[]) => accepted((problems) => readRedirectPaths(texts, problems));
    expect(read("/a/../b", "/b", "/返回", `/${"x".repeat(999)}`)).toEqual([
      ...["/b", "/%E8%BF%94%E5%9B%9E", `/${"x".repeat(999)}`],
    ]);
    for (const path of ["", "a", "https://x.example/a", "//a", "/.//a", "/a b", "/a?b", "/a#b", "/a\\b"]) {
      expect([path, read(path)]).toEqual([path, undefined]);
    }
    expect(read(`/${"x".repeat(1000)}`)).toBeUndefined();
  });

  it("is a known scope, each once", () => {
    const problems: string[] = [];
    expect(readScopes(["bind", "tickets", "bind"], problems)).toEqual(["bind", "tickets"]);
    expect(problems).toEqual([]);
    expect(readScopes(["bind", "all"], problems)).toEqual(["bind"]);
    expect(problems).toEqual([expect.stringMatching(/^--scope all: unknown\. There are .*bind/)]);
    expect(accepted((more) => readScopes([], more))).toBeUndefined();
  });

  it.each([
    ["203.0.113.7", "203.0.113.7/32"],
    ["203.0.113.0/24", "203.0.113.0/24"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["203.0.113.7/32", "203.0.113.7/32"],
    ["203.0.113.0/33", undefined],
    ["2001:DB8::/32", "2001:db8::/32"],
    ["2001:db8::1", "2001:db8::1/128"],
    ["2001:db8::/128", "2001:db8::/128"],
    ["2001:db8::/129", undefined],
    ["::ffff:203.0.113.7", undefined],
    ["fe80::1%eth0", undefined],
    ["203.0.113.0/24/8", undefined],
    ["203.0.113.0/", undefined],
    ["203.0.113.0/ 24", undefined],
    ["203.0.113.0/0x8", undefined],
    ["203.0.113.0/8x", undefined],
    ["203.0.113", undefined],
    ["", undefined],
  ])("is the network %s as %s", (text, network) => {
    expect(readCidr(text)).toBe(network);
    expect(accepted((problems) => readCidrs([text, text], problems))).toEqual(network && [network]);
  });
});

describe("the input of an operation", () => {
  const input = z.object({
    ...{ text: z.string().nullable().optional(), count: z.number().optional() },
    rows: z.array(z.strictObject({ a: z.string() })).optional(),
  });

  it.each([{}, { text: null, count: 0, rows: [] }, { text: undefined }, { text: "😀", rows: [{ a: "b" }] }])(
    "is read as it is given: %j",
    (given) => {
      expect(readInput(input, given)).toEqual(given);
    },
  );

  it.each([
    [5, /^the input: ./],
    [{ count: "5" }, /^count: ./],
    [{ rows: [{ a: 1 }] }, /^rows\.0\.a: ./],
    [{ txt: "a", cnt: 1 }, /^unknown field txt, cnt$/],
    [{ rows: [{ a: "b", c: "d" }] }, /^unknown field rows\.0\.c$/],
    [{ text: 1, more: 2 }, /^text: .*; unknown field more$/],
    [{ text: "a\0b" }, /U\+0000/],
    [{ rows: [{ a: "b" }, { a: "\0" }] }, /U\+0000/],
  ])("is refused with the name of each field: %j", (given, message) => {
    expect(() => readInput(input, given)).toThrow(message);
    expect(() => readInput(input, given)).toThrow(expect.objectContaining({ code: "input_invalid" }));
  });
});

describe("what an operator enters of a host application", () => {
  const client = {
    name: " The shop ",
    origins: ["https://shop.example"],
    redirectPaths: ["/return"],
  };
  const refusal = (check: () => unknown) => {
    try {
      return { accepted: check() };
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return { name: error.name, reason: error.reason, message: error.message };
    }
  };
  const refusedFor = (reason: string) => ({ name: "ClientError", reason, message: reason });

  it("is an id by the rules of the command, or refused", () => {
    expect(checkClientId("shop-1")).toBe("shop-1");
    expect(refusal(() => checkClientId("The shop"))).toEqual(refusedFor("client_id_unfit"));
  });

  it("is a name, origins and paths as they are stored", () => {
    expect(checkClient(client, { isProduction: true })).toEqual({ ...client, name: "The shop" });
  });

  it.each([
    ["client_name_unfit", { name: " " }],
    ["origins_unfit", { origins: [] }],
    ["origins_unfit", { origins: ["https://shop.example/return"] }],
    ["origins_unfit", { origins: ["http://shop.example"] }],
    ["redirect_paths_unfit", { redirectPaths: [] }],
    ["redirect_paths_unfit", { redirectPaths: ["https://shop.example/return"] }],
  ])("is refused as %s: %j", (reason, wrong) => {
    expect(refusal(() => checkClient({ ...client, ...wrong }, { isProduction: true }))).toEqual(
      refusedFor(reason),
    );
  });

  it("may be an origin without TLS on this machine, but not in production", () => {
    const local = { ...client, origins: ["http://localhost:3001"] };
    expect(checkClient(local, { isProduction: false }).origins).toEqual(["http://localhost:3001"]);
    expect(refusal(() => checkClient(local, { isProduction: true }))).toEqual(refusedFor("origins_unfit"));
  });

  it("is the scopes and networks of a key, or refused", () => {
    expect(checkKey({ scopes: ["events"], cidrs: ["192.0.2.0/24"] })).toEqual({
      scopes: ["events"],
      cidrs: ["192.0.2.0/24"],
    });
    expect(refusal(() => checkKey({ scopes: ["everything"], cidrs: [] }))).toEqual(
      refusedFor("scopes_unfit"),
    );
    expect(refusal(() => checkKey({ scopes: ["events"], cidrs: ["192.0.2.0/33"] }))).toEqual(
      refusedFor("cidrs_unfit"),
    );
  });
});
