import type { TokenRecord, TokenStore } from "./store.js";

/** A store for one process: keepers that are given the same one share their tokens, and nobody else does. */
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
