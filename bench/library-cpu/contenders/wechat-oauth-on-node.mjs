// wechat-oauth over Node's HTTP client, with its entry "@wechat-login/oauth/node".
import { nodeTransport } from "@wechat-login/oauth/node";
import { create as createClient } from "./wechat-oauth.mjs";

export function create(options) {
  return createClient({ ...options, transport: nodeTransport() });
}
