/** The statuses that the host API answers an error with. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 424 | 429 | 500 | 503;

interface Problem {
  status: ProblemStatus;
  /** What the caller can do about it, for the page of reference. */
  advice: { en: string; zh: string };
}

/** Why the host API refuses a request: each code with its HTTP status. */
export const hostProblems = {
  key_invalid: {
    status: 401,
    advice: {
      en: "Send Authorization: Bearer with a key that npm run host -- keys create printed. A revoked key, and a key of a disabled host application, is refused at once.",
      zh: "请发送 Authorization: Bearer 加 npm run host -- keys create 输出的密钥。已撤销的密钥、已停用的接入应用的密钥会立即被拒绝。",
    },
  },
  address_not_allowed: {
    status: 403,
    advice: {
      en: "The key is limited to some networks. Call from one of them, or make a key with another --cidr. Behind a proxy, TRUST_PROXY decides which address counts.",
      zh: "该密钥只能从指定的网段使用。请从这些网段调用，或用其他 --cidr 创建密钥。经过代理时，由 TRUST_PROXY 决定以哪个地址为准。",
    },
  },
  foreign_origin: {
    status: 403,
    advice: {
      en: "A page of another site called. Keys belong on a server: call from there.",
      zh: "请求来自其他网站的页面。密钥只应放在服务器上，请从服务器调用。",
    },
  },
  scope_missing: {
    status: 403,
    advice: {
      en: "Make a key with the scope that detail names.",
      zh: "请创建一个带有 detail 中所列 scope 的密钥。",
    },
  },
  input_invalid: {
    status: 400,
    advice: {
      en: "Correct the fields that detail names. Unknown fields are refused, so a mistyped name shows.",
      zh: "请更正 detail 中列出的字段。未知字段会被拒绝，因此写错的字段名会立刻暴露。",
    },
  },
  json_invalid: {
    status: 400,
    advice: {
      en: "Send the body as one JSON object in UTF-8.",
      zh: "请把请求体作为一个 UTF-8 编码的 JSON 对象发送。",
    },
  },
  request_invalid: {
    status: 400,
    advice: {
      en: "The HTTP request itself cannot be read. Check its headers and its address.",
      zh: "无法读取该 HTTP 请求，请检查请求头和地址。",
    },
  },
  not_found: {
    status: 404,
    advice: {
      en: "There is nothing with this id, or it belongs to another host application.",
      zh: "没有此 id 对应的内容，或它属于其他接入应用。",
    },
  },
  ticket_invalid: {
    status: 400,
    advice: {
      en: "A ticket works once, for 60 seconds, for the client and the nonce of the link that the browser began with. Send the browser through /login/wechat again.",
      zh: "票据只能用一次，60 秒内有效，且只属于发起登录时的接入应用和 nonce。请让浏览器重新经过 /login/wechat。",
    },
  },
  return_to_not_allowed: {
    status: 400,
    advice: {
      en: "Name an address at one of the client's origins with one of its redirect paths. GET /client lists them, npm run host -- update changes them.",
      zh: "请使用该接入应用的源和回跳路径之内的地址。GET /client 会列出它们，npm run host -- update 可以修改。",
    },
  },
  external_id_taken: {
    status: 409,
    advice: {
      en: "Another user has this external id. Merge the two if they are one person, or remove the external id from the other first.",
      zh: "该 externalId 已属于另一个用户。如果两者是同一个人，请合并；否则先从另一个用户移除。",
    },
  },
  external_id_set: {
    status: 409,
    advice: {
      en: "The user has another external id of yours. Send replace: true to put this one in its place.",
      zh: "该用户已有另一个 externalId。如需替换，请发送 replace: true。",
    },
  },
  last_binding: {
    status: 409,
    advice: {
      en: "It is the person's last WeChat account, without which they cannot sign in. Send allowLast=true to remove it all the same.",
      zh: "这是该用户最后一个微信，解绑后无法登录。如仍要解绑，请发送 allowLast=true。",
    },
  },
  events_gone: {
    status: 410,
    advice: {
      en: "The feed keeps 30 days. Read the users again (GET /users), then go on from the number that detail names.",
      zh: "事件只保留 30 天。请重新读取用户（GET /users），再从 detail 给出的编号继续。",
    },
  },
  path_unknown: {
    status: 404,
    advice: {
      en: "No operation has this method and path. Compare them with this page.",
      zh: "没有使用此方法和路径的操作，请与本页对照。",
    },
  },
  conflict: {
    status: 409,
    advice: {
      en: "It cannot be done now: detail says why.",
      zh: "当前状态不允许该操作，detail 说明了原因。",
    },
  },
  idempotency_in_progress: {
    status: 409,
    advice: {
      en: "The first request with this Idempotency-Key has not ended yet. Repeat this one after Retry-After to get its answer.",
      zh: "使用同一 Idempotency-Key 的首个请求仍在处理。请在 Retry-After 之后重试，以取得其结果。",
    },
  },
  idempotency_key_reused: {
    status: 422,
    advice: {
      en: "The Idempotency-Key belongs to another request of the last 24 hours, or to one of a key with other scopes. Take a new one for each thing to make.",
      zh: "该 Idempotency-Key 在 24 小时内已用于另一个请求，或由 scope 不同的密钥使用过。每次创建请使用新的值。",
    },
  },
  body_too_large: {
    status: 413,
    advice: {
      en: "Send less at once: a body has at most 256 KiB.",
      zh: "请减少单次发送的内容：请求体最大 256 KiB。",
    },
  },
  media_type: {
    status: 415,
    advice: { en: "Send Content-Type: application/json.", zh: "请发送 Content-Type: application/json。" },
  },
  rate_limited: {
    status: 429,
    advice: {
      en: "Wait as many seconds as Retry-After says. RateLimit-Remaining says how many calls are left.",
      zh: "请等待 Retry-After 给出的秒数。RateLimit-Remaining 是剩余的调用次数。",
    },
  },
  token_unavailable: {
    status: 424,
    advice: {
      en: "WeChat gave no token or ticket. errcode says why, as WeChat's documents and the console's token page explain it; detail says what to do.",
      zh: "微信没有给出 token 或 ticket。errcode 说明原因（可查微信文档或控制台的令牌页），detail 说明处理办法。",
    },
  },
  internal: {
    status: 500,
    advice: {
      en: "This system failed: an operator finds the error in the log by requestId.",
      zh: "本系统出现故障：运维人员可在日志中用 requestId 查找原因。",
    },
  },
  unavailable: {
    status: 503,
    advice: {
      en: "The database is busy or does not answer. Repeat the call after Retry-After; with an Idempotency-Key, a call that makes something is made once.",
      zh: "数据库繁忙或不可用。请在 Retry-After 之后重试；带 Idempotency-Key 的创建请求不会重复生效。",
    },
  },
} as const satisfies Record<string, Problem>;

export type HostRefusal = keyof typeof hostProblems;

interface HostErrorOptions extends ErrorOptions {
  /** When the same request may succeed. */
  retryAfterSeconds?: number | undefined;
  /** WeChat's, or the library's code where WeChat did not answer. */
  errcode?: string;
}

/** What a host did wrong, and what to do about it. The message is shown to the caller. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly retryAfterSeconds: number | undefined;
  readonly errcode: string | undefined;

  constructor(
    readonly code: HostRefusal,
    message: string,
    { retryAfterSeconds, errcode, ...options }: HostErrorOptions = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
    this.errcode = errcode;
  }
}

/**
 * The value, or the error that tells a host why there is none.
 *
 * @param refusalOf the error to throw in place of another one, or that one itself.
 */
export async function orRefusal<Value>(
  value: Promise<Value>,
  refusalOf: (error: unknown) => unknown,
): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    throw refusalOf(error);
  }
}
