/** Slow or idle clients are cut within 30 s, the interval of the check included. */
export const timeouts = { connectionTimeout: 25_000, requestTimeout: 22_000 } as const;
