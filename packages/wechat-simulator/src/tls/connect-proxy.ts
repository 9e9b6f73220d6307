import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { WECHAT_HOSTS } from "./hosts.js";

const ALLOWED = new Set(WECHAT_HOSTS.map((host) => `${host}:443`));

/**
 * An HTTP proxy (`CONNECT`) through which WeChat's two hosts are the simulator. It opens nothing else: whoever reaches
 * it cannot get anywhere through it.
 *
 * @param accept speaks TLS on the connection
 */
export function createConnectProxy(accept: (socket: Socket) => void): Server {
  const proxy = createServer((_request, response) => {
    response
      .writeHead(403, { "content-type": "text/plain; charset=utf-8" })
      .end("This proxy takes CONNECT alone: WeChat is asked over https.\n");
  });
  proxy.on("connect", (request, stream, head) => {
    const socket = stream as Socket; // of a server that listens on TCP it is one
    socket.on("error", () => socket.destroy());
    if (!ALLOWED.has((request.url ?? "").toLowerCase())) {
      const text = `This proxy leads to ${WECHAT_HOSTS.join(" and ")} alone. Set NO_PROXY for the others.\n`;
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
