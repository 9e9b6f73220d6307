import type { TokenRecord, TokenStore } from "./store.js";

/** A store in memory: keepers of one process that use the same instance share their tokens. */
export function memoryStore(): TokenStore {
  const records = new Map<string, TokenRecord>();
  return {
    read: async (key) => records.get(key),
    async replace(key, record) {
      if ((records.get(key)?.version ?? 0) !== record.version - 1) return false;
      records.set(key, record);
      return true;
    },
  };
}
