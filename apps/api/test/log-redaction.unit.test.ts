import { describe, expect, it } from "vitest";
import { loggerOptions, redact } from "../src/http/log.js";

const secret = "5ec2e75ec2e75ec2";

/** How the logger serializes a thrown value. */
function logged(error: unknown) {
  return loggerOptions("info", [secret]).serializers.err(error);
}

describe("a text for the log", () => {
  it.each([
    ...["secret", "code", "state", "access_token", "refresh_token", "ticket"],
    ...["js_code", "session_key", "token", "password", "SECRET"],
  ])("loses the value of %s wherever it appears, and nothing else [T64, T65]", (name) => {
    expect(redact(`GET /a?x=1&${name}=v4l-_%20&y=2`, [])).toBe(`GET /a?x=1&${name}=[redacted]&y=2`);
    expect(redact(`${name}=v4l "${name}=v4l" '${name}=v4l' end`, [])).toBe(
      `${name}=[redacted] "${name}=[redacted]" '${name}=[redacted]' end`,
    );
  });

  it("keeps similar names and names without a value", () => {
    const text = "errcode=40029 statement=x postcode=1 code= tickets=2 the code is secret";
    expect(redact(text, [])).toBe(text);
  });

  it("loses every occurrence of every known secret [T64]", () => {
    expect(redact(`${secret} and ${secret}, k3y too`, [secret, "k3y"])).toBe(
      "[redacted] and [redacted], [redacted] too",
    );
  });
});

describe("an error in the log", () => {
  it("has type, message and stack, without secrets, and its code if that is text [T64]", () => {
    const error = Object.assign(new RangeError(`bad ${secret}`), { code: "E_BAD", url: secret });
    error.stack = `RangeError: bad ${secret}\n    at here`;
    expect(logged(error)).toEqual({
      type: "RangeError",
      code: "E_BAD",
      message: "bad [redacted]",
      stack: "RangeError: bad [redacted]\n    at here",
    });
    expect(logged(Object.assign(new Error("x"), { code: 7 }))).not.toHaveProperty("code");
  });

  it("may lack a stack or not be an Error at all [T91]", () => {
    const bare = new Error("bare");
    delete (bare as { stack?: string }).stack;
    expect(logged(bare)).toEqual({ type: "Error", message: "bare", stack: "" });
    for (const thrown of [secret, undefined, null, 7, { secret }]) {
      expect(logged(thrown)).toEqual({
        type: typeof thrown,
        message: "a value that is not an Error was thrown",
        stack: "",
      });
    }
  });

  it("has at most five nested causes, without secrets, even if they are circular [T64]", () => {
    const error = new Error(secret);
    error.cause = error;
    let depth = 0;
    for (let one = logged(error).cause; one; one = one.cause) {
      depth++;
      expect(one.message).toBe("[redacted]");
    }
    expect(depth).toBe(5);
    expect(logged(new Error("alone"))).not.toHaveProperty("cause");
  });
});

describe("a log line", () => {
  it("has only the method of a request and only the status of a reply [T65]", () => {
    const { req, res } = loggerOptions("info", []).serializers;
    const request = { method: "GET", url: "/?code=a1b2c3", headers: { cookie: "s3ss10n" } };
    expect(req(request)).toEqual({ method: "GET" });
    expect(res(Object.assign({ statusCode: 303 }, { headers: { location: secret } }))).toEqual({
      statusCode: 303,
    });
  });

  it("begins with the time in UTC and has nothing about the machine [T63]", () => {
    const { timestamp, formatters, level } = loggerOptions("warn", []);
    expect(timestamp()).toMatch(/^,"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$/);
    expect(formatters.bindings()).toEqual({});
    expect(level).toBe("warn");
  });

  it("is written unchanged, or dropped if it cannot be written [T69]", () => {
    const lines: string[] = [];
    loggerOptions("info", [], { write: (line) => void lines.push(line) }).stream.write("one\n");
    expect(lines).toEqual(["one\n"]);
    const full = () => {
      throw new Error("the disk is full");
    };
    expect(() => loggerOptions("info", [], { write: full }).stream.write("two\n")).not.toThrow();
  });
});
