import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import type { System } from "./system.js";

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface RawRequest {
  method?: string;
  /** Sent unchanged: `fetch` would normalize dots and escapes. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Sends one request exactly as written, on its own connection. */
export function send({ port }: Pick<System, "port">, raw: RawRequest): Promise<RawResponse> {
  const { method = "GET", path, headers = {}, body } = raw;
  return new Promise((resolve, reject) => {
    const sent = request({ host: "localhost", port, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Writes bytes to a socket and reads until the server closes it, for requests that no HTTP client can send. */
export function sendBytes({ port }: Pick<System, "port">, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ port, host: "localhost" }, () => socket.write(bytes, "latin1"));
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
  });
}
