import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { WECHAT_HOSTS } from "./hosts.js";

const ALLOWED = new Set(WECHAT_HOSTS.map((host) => `${host}:443`));

/**
 * An HTTP proxy (`CONNECT`) that leads WeChat's two hosts to the simulator and refuses all others, so that it cannot be
 * used to reach anything else.
 *
 * @param accept starts TLS on the connection
 */
export function createConnectProxy(accept: (socket: Socket) => void): Server {
  const proxy = createServer((_request, response) => {
    response
      .writeHead(403, { "content-type": "text/plain; charset=utf-8" })
      .end("This proxy accepts only CONNECT: WeChat is called over https.\n");
  });
  proxy.on("connect", (request, stream, head) => {
    const socket = stream as Socket; // true for a server that listens on TCP
    socket.on("error", () => socket.destroy());
    if (!ALLOWED.has((request.url ?? "").toLowerCase())) {
      const text = `This proxy leads only to ${WECHAT_HOSTS.join(" and ")}. Set NO_PROXY for other hosts.\n`;
      socket.end(
        `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
      );
      return;
    }
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    accept(socket);
  });
  return proxy;
}
