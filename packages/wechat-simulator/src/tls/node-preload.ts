// Loaded before a Node program (`node --import wechat-simulator/preload`): the program's own connections to WeChat's
// two hosts then go to the TLS front of a simulator. Nothing else of the program changes; it still checks names and
// certificates, so NODE_EXTRA_CA_CERTS must name the front's authority.
import { Socket } from "node:net";
import { LOCAL_ADDRESS, WECHAT_HOSTS } from "./hosts.js";

const SETTING = "WECHAT_SIMULATOR_TLS_PORT";
const port = Number(process.env[SETTING]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  throw new Error(
    `${SETTING} must be the port of a simulator's TLS front: \`wechat-simulator tls\` prints it.`,
  );
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;

// Every connection of http, https, tls and fetch comes through here, with its options as the first argument or, from
// net.connect, as the first item of an array.
const connect = Socket.prototype.connect as Connect;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const [first] = args;
  if (Array.isArray(first)) first[0] = redirect(first[0]);
  else args[0] = redirect(first);
  return connect.apply(this, args);
} as typeof Socket.prototype.connect;

/** A copy: the name itself is what the certificate is compared with. */
function redirect(options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const { host, port: asked } = options as { host?: unknown; port?: unknown };
  const isWeChat = typeof host === "string" && WECHAT_HOSTS.includes(host.toLowerCase());
  return isWeChat && Number(asked) === 443 ? { ...options, host: LOCAL_ADDRESS, port } : options;
}
