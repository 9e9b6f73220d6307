/** The paths of WeChat's server-to-server API, by the name that faults and counts use. */
export const API_PATHS = {
  access_token: "/sns/oauth2/access_token",
  refresh_token: "/sns/oauth2/refresh_token",
  userinfo: "/sns/userinfo",
  auth: "/sns/auth",
  token: "/cgi-bin/token",
  stable_token: "/cgi-bin/stable_token",
  get_api_domain_ip: "/cgi-bin/get_api_domain_ip",
} as const;

/** The two pages that a person's browser opens. */
export const PAGE_PATHS = {
  authorize: "/connect/oauth2/authorize",
  qrconnect: "/connect/qrconnect",
} as const;

export type ApiEndpoint = keyof typeof API_PATHS;
export type PageEndpoint = keyof typeof PAGE_PATHS;
export type Endpoint = ApiEndpoint | PageEndpoint;

export const API_ENDPOINTS: readonly ApiEndpoint[] = Object.keys(API_PATHS) as ApiEndpoint[];
export const PAGE_ENDPOINTS: readonly PageEndpoint[] = Object.keys(PAGE_PATHS) as PageEndpoint[];
