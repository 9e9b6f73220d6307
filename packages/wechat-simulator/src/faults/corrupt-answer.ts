import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { Fault } from "./fault.js";

/** Bytes for the socket. */
export interface RawAnswer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** What the request carried, for the placeholders of a `body` fault. */
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

/** Answers that take the place of the true one: the call is never made, so nothing is spent. */
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
      // A function as the replacement: a `$` in what the request carried has no meaning of its own.
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

/** The true answer, spoilt on its way: the call was made and a code is spent. */
export function corruptBody(kind: "truncated_json" | "broken_utf8" | "oversized", trueBody: string): Buffer {
  switch (kind) {
    case "truncated_json":
      return Buffer.from(trueBody).subarray(0, Math.max(1, Math.floor(Buffer.byteLength(trueBody) / 2)));
    case "broken_utf8":
      return breakUtf8(trueBody);
    case "oversized":
      return Buffer.from(withField(trueBody, "padding", "x".repeat(OVERSIZED_BYTES)));
  }
}

/** The body byte by byte, evenly over `ms`: the last byte comes after so long. Whoever hangs up early ends it. */
export function dripBody(body: Buffer, ms: number): Readable {
  const pause = ms / body.length;
  // A timer does not fire more often than once a millisecond, so a quick drip takes several bytes at once.
  const step = Math.max(1, Math.ceil(1 / Math.max(pause, 0.001)));
  async function* drops(): AsyncGenerator<Buffer> {
    for (let sent = 0; sent < body.length; sent += step) {
      // Without a ref: a drip that nobody waits for any more must not keep a closing simulator alive.
      if (sent > 0) await setTimeout(pause * step, undefined, { ref: false });
      yield body.subarray(sent, sent + step);
    }
  }
  return Readable.from(drops());
}

/** Bytes that never occur in UTF-8, at the start of the nickname, or in a field of their own where there is none. */
function breakUtf8(trueBody: string): Buffer {
  const marked = trueBody.includes('"nickname":"') ? trueBody : withField(trueBody, "nickname", "");
  const cut = marked.indexOf('"nickname":"') + '"nickname":"'.length;
  return Buffer.concat([
    Buffer.from(marked.slice(0, cut)),
    Buffer.from([0xff, 0xfe, 0xc3]),
    Buffer.from(marked.slice(cut)),
  ]);
}

function withField(json: string, name: string, value: string): string {
  const separator = json === "{}" ? "" : ",";
  return `${json.slice(0, -1)}${separator}${JSON.stringify(name)}:${JSON.stringify(value)}}`;
}
