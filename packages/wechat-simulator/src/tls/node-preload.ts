// Loaded before a Node program (`node --import @wechat-login/simulator/preload`): its connections to WeChat's two hosts then go
// to the TLS proxy of a simulator. Nothing else changes. Names and certificates are still verified, so
// NODE_EXTRA_CA_CERTS must name the proxy's CA.
import { Socket } from "node:net";
import { LOCAL_ADDRESS, WECHAT_HOSTS } from "./hosts.js";

const SETTING = "WECHAT_SIMULATOR_TLS_PORT";
const port = Number(process.env[SETTING]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  throw new Error(
    `${SETTING} must be the port of a simulator's TLS proxy: \`wechat-simulator tls\` prints it.`,
  );
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;

// Every connection of http, https, tls and fetch passes here, with its options as the first argument or, from
// net.connect, as the first item of an array.
const connect = Socket.prototype.connect as Connect;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const [first] = args;
  if (Array.isArray(first)) first[0] = redirect(first[0]);
  else args[0] = redirect(first);
  return connect.apply(this, args);
} as typeof Socket.prototype.connect;

/** Changes a copy, because the certificate is verified against the original host name. */
function redirect(options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const { host, port: originalPort } = options as { host?: unknown; port?: unknown };
  const isWeChat = typeof host === "string" && WECHAT_HOSTS.includes(host.toLowerCase());
  return isWeChat && Number(originalPort) === 443 ? { ...options, host: LOCAL_ADDRESS, port } : options;
}
