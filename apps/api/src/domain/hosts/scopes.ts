/** What an API key may do. `identities:read` adds openid and unionid to what the other scopes answer. */
export const hostScopes = [
  "tickets",
  "sessions",
  "bind",
  "users:read",
  "identities:read",
  "users:write",
  "merge",
  "tokens",
  "jssdk",
  "events",
] as const;

export type HostScope = (typeof hostScopes)[number];
