import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import {
  AddressRefusedError,
  checkedLookup,
  isAllowedAddress,
  isRefusedIp,
  type Resolve,
} from "./webhook-addresses.js";

/** A receiver has this long to answer, from the question for its address to the end of its answer. */
const deadlineMs = 15_000;

/** Of an answer so much is read; its status is all that counts. */
const maxAnswerBytes = 16 * 1024;

/** Why a try failed. */
export type WebhookError =
  | "address refused"
  | "name not found"
  | "connection failed"
  | "certificate refused"
  | "timed out"
  | "redirected"
  | "refused"
  /** By no key that is in SECRET_KEYS: it must be rotated. */
  | "secret unreadable";

/** What became of one try; `error` is null if the receiver took the message. */
export interface WebhookAnswer {
  status: number | null;
  error: WebhookError | null;
  /** What the receiver wrote, cut; only where it was asked for. */
  text?: string;
}

export interface WebhookClient {
  /** Never throws: a receiver that does not answer is an answer, too. */
  post(
    url: string,
    headers: Record<string, string>,
    body: string,
    options?: { readsAnswer?: boolean },
  ): Promise<WebhookAnswer>;
}

/**
 * Sends webhooks. It follows no redirect, checks certificates whatever the environment says, knows no proxy, and connects to the
 * address that it checked.
 */
export function createWebhookClient({
  privateCidrs,
  resolve,
  timeoutMs = deadlineMs,
}: {
  privateCidrs: readonly string[];
  resolve: Resolve;
  timeoutMs?: number;
}): WebhookClient {
  const lookup = checkedLookup(resolve, (address) => isAllowedAddress(address, privateCidrs));
  // Of its own: no connection is shared with calls to WeChat, or kept for a receiver that changes its address.
  const agents = { http: new HttpAgent(), https: new HttpsAgent({ rejectUnauthorized: true }) };

  return {
    async post(address, headers, body, { readsAnswer = false } = {}) {
      const url = new URL(address);
      if (isRefusedIp(url, privateCidrs)) return { status: null, error: "address refused" };
      const isHttps = url.protocol === "https:";
      const deadline = AbortSignal.timeout(timeoutMs);
      return new Promise((settle) => {
        let status: number | undefined;
        const fail = (error: unknown) =>
          settle(
            status === undefined
              ? { status: null, error: deadline.aborted ? "timed out" : errorOf(error) }
              : answerOf(status),
          );
        const request = (isHttps ? httpsRequest : httpRequest)(url, {
          method: "POST",
          agent: isHttps ? agents.https : agents.http,
          lookup,
          signal: deadline,
          headers: {
            ...headers,
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            "user-agent": "wechat-login-webhooks",
          },
        });
        request.on("error", fail);
        request.on("upgrade", (_response, socket) => {
          socket.destroy();
          fail(undefined);
        });
        request.on("response", (response) => {
          status = response.statusCode ?? 0;
          readSome(response, (text) =>
            settle({ ...answerOf(response.statusCode ?? 0), ...(readsAnswer ? { text } : {}) }),
          );
        });
        request.end(body);
      });
    },
  };
}

/** Reads a little of an answer, so that its sender can end it in peace. */
function readSome(response: IncomingMessage, end: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const done = () => end(Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString());
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) response.destroy();
  });
  response.on("error", done);
  response.on("close", done);
}

/** The status counts as soon as it is there, whatever the receiver does with the rest of its answer. */
function answerOf(status: number): WebhookAnswer {
  if (status >= 200 && status < 300) return { status, error: null };
  return { status, error: status >= 300 && status < 400 ? "redirected" : "refused" };
}

function errorOf(error: unknown): WebhookError {
  if (error instanceof AddressRefusedError) return "address refused";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_|ETIMEOUT|EBADNAME|EREFUSED)/.test(code)) return "name not found";
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return "certificate refused";
  return "connection failed";
}
