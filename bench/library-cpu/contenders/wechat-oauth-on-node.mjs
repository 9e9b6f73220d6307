// Ours by Node's HTTP client: its entry "wechat-oauth/node".
import { nodeTransport } from "wechat-oauth/node";
import { create as createOurs } from "./wechat-oauth.mjs";

export function create(options) {
  return createOurs({ ...options, transport: nodeTransport() });
}
