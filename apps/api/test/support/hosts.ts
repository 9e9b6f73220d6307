import { createApiKey } from "../../src/domain/hosts/api-keys.js";
import { createHostClient } from "../../src/domain/hosts/clients.js";
import { type HostScope, hostScopes } from "../../src/domain/hosts/scopes.js";
import type { System } from "./system.js";

/** A host application as its server sees the system: an address and a key. */
export interface Host {
  clientId: string;
  key: string;
  /** Calls the host API with the key and answers status and body. */
  call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>;
}

export async function createHost(
  system: System,
  {
    id = "shop",
    origin = "https://shop.example",
    scopes = hostScopes,
    cidrs = [],
  }: { id?: string; origin?: string; scopes?: readonly HostScope[]; cidrs?: readonly string[] } = {},
): Promise<Host> {
  const { deps } = system.app;
  const redirectPaths = ["/wechat/return"];
  await createHostClient(deps, { id, name: `The ${id}`, origins: [origin], redirectPaths });
  const { key } = await createApiKey(deps, { clientId: id, scopes, cidrs });
  return {
    clientId: id,
    key,
    async call(method, path, body) {
      const answer = await fetch(`${system.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}
