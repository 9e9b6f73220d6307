/** The paths of WeChat's server-to-server API, by the name that faults, limits and the request log use. */
export const API_PATHS = {
  access_token: "/sns/oauth2/access_token",
  refresh_token: "/sns/oauth2/refresh_token",
  userinfo: "/sns/userinfo",
  auth: "/sns/auth",
  jscode2session: "/sns/jscode2session",
  token: "/cgi-bin/token",
  stable_token: "/cgi-bin/stable_token",
  getticket: "/cgi-bin/ticket/getticket",
  user_info: "/cgi-bin/user/info",
  user_info_batchget: "/cgi-bin/user/info/batchget",
  rid_get: "/cgi-bin/openapi/rid/get",
  quota_get: "/cgi-bin/openapi/quota/get",
  clear_quota: "/cgi-bin/clear_quota",
  get_api_domain_ip: "/cgi-bin/get_api_domain_ip",
  getcallbackip: "/cgi-bin/getcallbackip",
  callback_check: "/cgi-bin/callback/check",
} as const;

/** The two pages to which an app redirects a person's browser. */
export const PAGE_PATHS = {
  authorize: "/connect/oauth2/authorize",
  qrconnect: "/connect/qrconnect",
} as const;

/** Requests of the QR page and the scanning phone. Apps do not call these, so they take no faults. */
export const QR_PATHS = {
  qr_image: "/connect/qrcode/:uuid",
  qr_confirm: "/connect/confirm",
  qr_poll: "/connect/l/qrconnect",
} as const;

export type ApiEndpoint = keyof typeof API_PATHS;
export type PageEndpoint = keyof typeof PAGE_PATHS;
export type QrEndpoint = keyof typeof QR_PATHS;
/** Endpoints that take faults. */
export type Endpoint = ApiEndpoint | PageEndpoint;
/** Endpoints in the request log. */
export type LoggedEndpoint = Endpoint | QrEndpoint | "unknown_path";

export const API_ENDPOINTS: readonly ApiEndpoint[] = Object.keys(API_PATHS) as ApiEndpoint[];
export const PAGE_ENDPOINTS: readonly PageEndpoint[] = Object.keys(PAGE_PATHS) as PageEndpoint[];
