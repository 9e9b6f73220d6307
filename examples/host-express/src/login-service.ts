/** Where the login service is, and who this shop is there. */
export interface LoginService {
  url: string;
  clientId: string;
  apiKey: string;
}

/** Who came back with a ticket. */
export interface SignedIn {
  userId: string;
  /** The id in this shop, if it told the login service one. */
  externalId: string | null;
  profile: { nickname: string | null; avatarUrl: string | null } | null;
  /** With the openid only if the key has the scope identities:read. */
  bindings: { app: string | null; openid?: string }[];
}

/** The host API refused: `code` is for programs, the message for their authors. */
export class LoginServiceError extends Error {
  override readonly name = "LoginServiceError";
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/**
 * Calls the host API.
 *
 * @throws {LoginServiceError}
 */
export async function callLogin<Answer>(
  { url, apiKey }: LoginService,
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as Answer & { code: string; detail: string };
  if (!response.ok) throw new LoginServiceError(answer.code, answer.detail);
  return answer;
}
