import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { Fault } from "./fault.js";

/** A response as it is sent. */
export interface RawAnswer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** Values of the request for the placeholders of a `body` fault. */
export interface EchoedValues {
  secret?: string | undefined;
  code?: string | undefined;
}

const OVERSIZED_BYTES = 256 * 1024;

const BAD_GATEWAY = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body>
</html>
`;

/** Responses that replace the real one: the call has no effect, so nothing is spent. */
export function replaceAnswer(
  fault: Extract<Fault, { kind: "http_502" | "invalid_json" | "body" }>,
  usualContentType: string,
  echoedValues: EchoedValues,
): RawAnswer {
  switch (fault.kind) {
    case "http_502":
      return { status: 502, contentType: "text/html", body: Buffer.from(BAD_GATEWAY) };
    case "invalid_json":
      return { status: 200, contentType: usualContentType, body: Buffer.from("this is not JSON <!--") };
    case "body": {
      // A function as the replacement, so that a `$` in the value is not special.
      const text = fault.body
        .replaceAll("$SECRET", () => echoedValues.secret ?? "")
        .replaceAll("$CODE", () => echoedValues.code ?? "");
      return {
        status: fault.status ?? 200,
        contentType: fault.contentType ?? usualContentType,
        body: Buffer.from(text),
      };
    }
  }
}

/** The real response, corrupted: the call took effect and spent the code. */
export function corruptBody(kind: "truncated_json" | "broken_utf8" | "oversized", realBody: string): Buffer {
  switch (kind) {
    case "truncated_json":
      return Buffer.from(realBody).subarray(0, Math.max(1, Math.floor(Buffer.byteLength(realBody) / 2)));
    case "broken_utf8":
      return breakUtf8(realBody);
    case "oversized":
      return Buffer.from(withField(realBody, "padding", "x".repeat(OVERSIZED_BYTES)));
  }
}

/** Sends the body byte by byte, evenly over `ms`; stops if the client disconnects. */
export function dripBody(body: Buffer, ms: number): Readable {
  const pause = ms / body.length;
  // A timer fires at most once per millisecond, so a fast drip sends several bytes at once.
  const step = Math.max(1, Math.ceil(1 / Math.max(pause, 0.001)));
  async function* drops(): AsyncGenerator<Buffer> {
    for (let sent = 0; sent < body.length; sent += step) {
      // Without a ref: an abandoned drip must not keep a closing simulator alive.
      if (sent > 0) await setTimeout(pause * step, undefined, { ref: false });
      yield body.subarray(sent, sent + step);
    }
  }
  return Readable.from(drops());
}

/** Puts bytes that never occur in UTF-8 at the start of the nickname, or into an added nickname field. */
function breakUtf8(realBody: string): Buffer {
  const marked = realBody.includes('"nickname":"') ? realBody : withField(realBody, "nickname", "");
  const cut = marked.indexOf('"nickname":"') + '"nickname":"'.length;
  return Buffer.concat([
    Buffer.from(marked.slice(0, cut)),
    Buffer.from([0xff, 0xfe, 0xc3]),
    Buffer.from(marked.slice(cut)),
  ]);
}

/** No answer of WeChat's is an empty object. */
function withField(json: string, name: string, value: string): string {
  return `${json.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
}
