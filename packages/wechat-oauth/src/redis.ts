// The entry "@wechat-login/oauth/redis": keepers of several processes share a token in Redis (or Valkey, KeyDB, Dragonfly).

import type { TokenRecord, TokenStore } from "./keeper/store.js";

/**
 * The only method needed of a Redis client: it sends a command. ioredis calls it `call`, node-redis (`createClient`)
 * `sendCommand`; wrap any other client in one of these shapes.
 */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(command: string[]): Promise<unknown> };

export interface RedisStoreOptions {
  /** Prefix of every key. Default `wechat-oauth:`. */
  prefix?: string | undefined;
}

/** Redis runs a script atomically. The record is a hash: its version, and the whole record as JSON. */
const replaceScript = `
if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", ARGV[2], "record", ARGV[3])
redis.call("EXPIRE", KEYS[1], ARGV[4])
return 1`;

/** A record that is no longer written expires after two days, as the contract of a store allows. */
const recordLifetimeSeconds = 2 * 86_400;

/**
 * A store in Redis, over a client that the caller creates, connects and closes.
 *
 * Uses the primary only, with one key per command, so it works on a cluster. A failover may lose the last write,
 * which costs the keepers one more fetch.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): TokenStore {
  const prefix = options.prefix ?? "wechat-oauth:";
  const send = (...command: [string, ...string[]]): Promise<unknown> =>
    "call" in client ? client.call(...command) : client.sendCommand(command);
  return {
    async read(key) {
      const json = await send("HGET", prefix + key, "record");
      if (json === null || json === undefined) return undefined;
      return JSON.parse(String(json)) as TokenRecord;
    },
    async replace(key, record) {
      const { version } = record;
      const versions = [String(version - 1), String(version)];
      const values = [...versions, JSON.stringify(record), String(recordLifetimeSeconds)];
      const written = await send("EVAL", replaceScript, "1", prefix + key, ...values);
      return Number(written) === 1;
    },
  };
}
