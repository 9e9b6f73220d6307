import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import type { System } from "./system.js";

export interface WireAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface WireRequest {
  method?: string;
  /** Sent as it is: no client tidies up dots and escapes on the way. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** One request, exactly as written, on a connection of its own. */
export function send({ port }: Pick<System, "port">, wire: WireRequest): Promise<WireAnswer> {
  const { method = "GET", path, headers = {}, body } = wire;
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

/** Bytes on a socket, and all that came back until the server closed it: for requests no client would write. */
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
