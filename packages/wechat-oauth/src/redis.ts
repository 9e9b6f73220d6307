// The entry "wechat-oauth/redis": keepers of several processes meet in Redis (or Valkey, KeyDB, Dragonfly).

import type { TokenRecord, TokenStore } from "./keeper/store.js";

/**
 * The one thing asked of a Redis client: to send a command. ioredis calls it `call`, node-redis (`createClient`)
 * `sendCommand`; wrap any other client to look like either.
 */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(command: string[]): Promise<unknown> };

export interface RedisStoreOptions {
  /** What every key begins with. Default `wechat-oauth:`. */
  prefix?: string | undefined;
}

/** Comparing and writing in one step, as scripts run alone. The record is a hash: its version, and all of it as JSON. */
const replaceScript = `
if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", ARGV[2], "record", ARGV[3])
redis.call("EXPIRE", KEYS[1], ARGV[4])
return 1`;

/** Nobody's secrets stay for ever: what is written no more is gone after two days, as the store's laws allow. */
const lifeSeconds = 2 * 86_400;

/**
 * A store in Redis, over a client that you made, connected and will close.
 *
 * Asks the primary only, by commands of one key each, so a cluster will do. A failover may lose the last write:
 * keepers cope with that, by one more fetch.
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
      const values = [...versions, JSON.stringify(record), String(lifeSeconds)];
      const written = await send("EVAL", replaceScript, "1", prefix + key, ...values);
      return Number(written) === 1;
    },
  };
}
