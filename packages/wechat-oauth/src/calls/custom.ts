import type { Call } from "../caller.js";
import type { GlobalAccessToken, WebAccessToken } from "../token-families.js";

/** A call of WeChat's API that this library has no method for. */
export interface CustomCall<T = Record<string, unknown>> {
  /** Below https://api.weixin.qq.com, such as `cgi-bin/menu/create`. */
  path: string;
  /** Added to the query as `access_token`; kept out of errors and reports. */
  accessToken?: GlobalAccessToken | WebAccessToken | undefined;
  query?: Readonly<Record<string, string>> | undefined;
  /** Sent by POST as JSON; without it the request is a GET. */
  body?: unknown;
  /** Further values of the query or body that no error may show, such as a code. An answer that repeats one is refused. */
  secrets?: readonly string[] | undefined;
  /** Whether WeChat may receive it twice. Then errcode -1 (busy) is retried once, and so is a lost connection. */
  isRepeatable?: boolean | undefined;
  /** Checks WeChat's answer, which has no errcode or errcode 0, and converts it. */
  read?: ((answer: Record<string, unknown>) => T) | undefined;
}

/** A slash in front is allowed; a host, a query or `..` would send the token elsewhere. */
const pathPattern = /^\/?[a-z0-9_-]+(?:\/[a-z0-9_.-]*[a-z0-9_-])*$/i;

/** @throws {TypeError} the message never shows a value */
export function toCall<T>({
  path,
  accessToken,
  query,
  body,
  secrets = [],
  isRepeatable = false,
  read = (answer) => answer as T,
}: CustomCall<T>): Call<T> {
  if (!pathPattern.test(path)) {
    throw new TypeError("path must be one of WeChat's, such as cgi-bin/menu/create, without host and query");
  }
  return {
    endpoint: path.replace(/^\//, ""),
    query: { ...(accessToken !== undefined && { access_token: accessToken }), ...query },
    body,
    sent: [...(accessToken === undefined ? [] : [accessToken]), ...secrets],
    read: (answer) => {
      try {
        return read(answer.raw());
      } catch (cause) {
        throw answer.badShape("read() refused it", { cause });
      }
    },
    isRepeatable,
  };
}
