import { describe, expect, it } from "vitest";
import { corruptBody, dripBody, replaceAnswer } from "../src/faults/corrupt-answer.js";

// What a planned fault makes of one answer, byte for byte.

const BROKEN = [0xff, 0xfe, 0xc3];
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe("an answer with a fault in its body", () => {
  it.each<[Parameters<typeof corruptBody>[0], string, Buffer]>([
    ["truncated_json", '{"openid":"oAbc"}', bytes('{"openid')],
    ["truncated_json", "{}", bytes("{")],
    ["truncated_json", "x", bytes("x")],
    ["truncated_json", '{"a":"林林林"}', bytes('{"a":"', [0xe6, 0x9e])],
    ["broken_utf8", '{"nickname":"林","sex":0}', bytes('{"nickname":"', BROKEN, '林","sex":0}')],
    ["broken_utf8", '{"openid":"oAbc"}', bytes('{"openid":"oAbc","nickname":"', BROKEN, '"}')],
    ["oversized", '{"a":1}', bytes(`{"a":1,"padding":"${"x".repeat(256 * 1024)}"}`)],
  ])("is exactly this: %s of %s", (kind, real, corrupted) => {
    expect(corruptBody(kind, real).equals(corrupted)).toBe(true);
  });

  it("arrives byte by byte, the first one at once", async () => {
    const chunks = async (text: string, ms: number) => {
      const arrived: string[] = [];
      for await (const chunk of dripBody(Buffer.from(text), ms)) arrived.push(String(chunk));
      return arrived;
    };
    expect(await chunks("abc", 3)).toEqual(["a", "b", "c"]);
    expect(await chunks("abcdefgh", 4)).toEqual(["ab", "cd", "ef", "gh"]); // a timer's shortest time is 1 ms
    expect(await chunks("abc", 0)).toEqual(["abc"]);
    const slow = dripBody(Buffer.from("ab"), 600_000);
    expect(String((await slow[Symbol.asyncIterator]().next()).value)).toBe("a");
    slow.destroy();
  });
});

describe("an answer that a fault replaces", () => {
  const usual = "text/plain";

  it.each<[Parameters<typeof replaceAnswer>[0], object]>([
    [
      { kind: "http_502" },
      { status: 502, contentType: "text/html", body: expect.stringMatching(/^<html>.*nginx/s) },
    ],
    [{ kind: "invalid_json" }, { status: 200, contentType: usual, body: "this is not JSON <!--" }],
    [
      { kind: "body", body: "x" },
      { status: 200, contentType: usual, body: "x" },
    ],
    [
      { kind: "body", body: "$SECRET $CODE $SECRET", status: 503, contentType: "text/xml" },
      { status: 503, contentType: "text/xml", body: "$& 1 $&" },
    ],
  ])("has its status, type and body: %j", (fault, expected) => {
    const { body, ...rest } = replaceAnswer(fault, usual, { secret: "$&", code: "1" });
    expect({ ...rest, body: String(body) }).toEqual(expected);
  });

  it("has nothing in place of a value that the request did not have", () => {
    expect(String(replaceAnswer({ kind: "body", body: "<$SECRET$CODE>" }, usual, {}).body)).toBe("<>");
  });
});
